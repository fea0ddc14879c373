/** A text as a pattern of itself, in JavaScript and in RE2. */
export const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
