import { join, resolve } from 'node:path'

/**
 * Where everything of a project lives, all absolute. Region comes second in every data path, so that one region can be
 * moved, rebuilt or removed alone.
 */
export const layout = (project: string) => {
  const root = resolve(project)
  const data = join(root, 'data')
  return {
    root,
    settings: join(root, 'entrepot.yaml'),
    regions: join(root, 'regions'),
    regionFile: (region: string) => join(root, 'regions', region, 'region.yaml'),
    sources: (region: string) => join(root, 'regions', region, 'sources'),
    landing: (region: string) => join(data, 'landing', region),
    /** Landed files by content: `<first two>/<sha256>`, and contracts by version under `contracts/`. */
    archive: (region: string) => join(data, 'archive', region),
    journal: (region: string) => join(data, 'journal', `${region}.ndjson`),
    staged: (region: string) => join(data, 'staged', region),
    /** Publications that wait to be sent. */
    outbox: (region: string) => join(data, 'outbox', region),
    warehouse: (region: string) => join(data, 'warehouses', `${region}.duckdb`),
    analystFile: (region: string) => join(data, 'warehouses', `${region}.analyst.duckdb`),
    backups: (region: string) => join(data, 'backups', region),
    /** Not central.duckdb: DuckDB names a file's catalog for it, and its schema `central` would be ambiguous. */
    central: join(data, 'warehouses', 'centre.duckdb'),
    /** Process state, logs, secrets: git-ignored, mode 0700. */
    state: join(root, '.entrepot'),
    temporalDb: join(root, '.entrepot', 'temporal.db'),
    tokens: join(root, '.entrepot', 'tokens.json'),
    regionToken: (region: string) => join(root, '.entrepot', 'secrets', `${region}.token`),
    /** `{pid, startedAt, url, token}` of a running worker or central; mode 0600. */
    process: (name: string) => join(root, '.entrepot', 'run', `${name}.json`),
    log: (name: string) => join(root, '.entrepot', 'logs', `${name}.log`),
  } as const
}

export type Layout = ReturnType<typeof layout>
