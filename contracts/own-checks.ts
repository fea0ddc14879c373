/** The check that dates without a year, which all are to be in one, do not go over New Year. */
export const yearCheck = 'year'

/** The check that nothing behind the end of a table would be a record of it. */
export const endCheck = 'end'
