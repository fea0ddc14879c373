import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'

export { literal, quote } from '../contracts/sql-text.ts'

export type Row = Record<string, unknown>
type Values = Record<string, DuckDBValue>

/**
 * One connection under one signal: an abort interrupts the running statement, and no further one begins.
 *
 * Rows come as plain objects: 64-bit integers and decimals as text, dates YYYY-MM-DD; cast times in the SQL.
 */
export class Session {
  readonly connection: DuckDBConnection
  readonly signal: AbortSignal | undefined

  constructor(connection: DuckDBConnection, signal?: AbortSignal) {
    this.connection = connection
    this.signal = signal
  }

  /** Run statements; gives how many rows the last one changed. */
  run(sql: string, values?: Values): Promise<number> {
    return this.guarded(async () => (await this.connection.run(sql, values)).rowsChanged)
  }

  rows<T = Row>(sql: string, values?: Values): Promise<T[]> {
    return this.guarded(async () => (await this.connection.runAndReadAll(sql, values)).getRowObjectsJson() as T[])
  }

  async one<T = Row>(sql: string, values?: Values): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0]
  }

  /** A count or another single number. */
  async number(sql: string, values?: Values): Promise<number> {
    const row = await this.one(sql, values)
    return Number(row === undefined ? 0 : Object.values(row)[0])
  }

  /** All or nothing: whatever `body` throws leaves the file as it was. `commit` names the kill points of its commit. */
  async transaction<T>(body: () => Promise<T>, commit: { before: () => void; after: () => void }): Promise<T> {
    await this.run('begin transaction')
    try {
      const result = await body()
      this.signal?.throwIfAborted()
      commit.before()
      await this.connection.run('commit') // not to be interrupted: it is durable or it is not
      commit.after()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  private async rollback(): Promise<void> {
    try {
      await this.connection.run('rollback')
    } catch (error) {
      // An interrupted or failed statement may have ended the transaction already.
      if (!/no transaction is active/i.test(String(error))) throw error
    }
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    const { signal, connection } = this
    if (signal === undefined) return work()
    signal.throwIfAborted()
    const interrupt = () => connection.interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', interrupt)
    }
  }
}
