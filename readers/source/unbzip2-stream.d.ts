declare module 'unbzip2-stream/lib/bzip2.js' {
  /** The next `count` bits as a number; null: go to the next whole byte. */
  type Bits = (count: number | null) => number
  const bzip2: {
    /** Read a stream's head; its blocks unpack to at most this many times 100,000 bytes before runs are laid out. */
    header(bits: Bits): number
    /** Unpack one block. Gives the checksum so far, or null at the stream's end. Throws where the data is wrong. */
    decompress(
      bits: Bits,
      put: (byte: number) => void,
      work: Int32Array,
      workLength: number,
      checksum: number,
    ): number | null
  }
  export default bzip2
}
