;; The plain records of a delimited text, 64 bytes at a time.
;;
;; Stops are the bytes that can matter: delimiter, quote, escaper, LF, CR. `stops` gives those of 64 bytes as a bit mask,
;; and `run` walks its bits, so that the bytes between cost nothing. A record that is not plain is left to
;; readers/delimited/tokenize.ts, whose rules these are: `run` returns with `at` on its first byte and nothing of it kept.
;;
;; Memory, by byte address; readers/delimited/kernel.ts has the same numbers.
;;
;; |       0 | i32 x 16, i64 x 2: what `run` is told and tells
;; |         |   0 at           in, out: where the next record begins
;; |         |   4 end          where the text ends; line feeds stand in the 80 bytes behind it
;; |         |   8 row          in, out: rows filled
;; |         |  12 rowLimit
;; |         |  16 delimiter, 20 quote, 24 escaper   bytes; -1 is none
;; |         |  28 width        cells a record should have
;; |         |  32 recordBytes  the most a record may have
;; |         |  36 headerLength 0 where there is none
;; |         |  40 textBase     subtracted from an address to give a view's offset in the text
;; |         |  44 overflowUsed in, out: bytes of the overflow area
;; |         |  48 overflowBase added to an offset in the overflow area
;; |         |  52 cells        address of the table of cells
;; |         |  56 raw          address of the views of whole records
;; |         |  60 isRawLong    out: 1 where a record is longer than 12 bytes
;; |         |  64 line         i64, in, out: physical line at `at`
;; |         |  72 sourceBase   i64, added to an address to give a position in the source
;; |     256 | masks: for each length from 0 to 12 the bytes of a view that hold the text
;; |    1024 | lines, i64 x 2048
;; |   17408 | starts, i64 x 2048
;; |   33792 | lengths, i32 x 2048
;; |   41984 | the header's first 16 KB
;; |   65536 | the overflow area, 256 KB
;; |  327744 | the text, at most 1 MB; then what is as long as the text is wide:
;; |         |   table of cells, 8 bytes each: address of the column's views, 1 where one of them is longer than 12 bytes
;; |         |   views, 16 bytes each (readers/batch.ts): first those nobody wants, then whole records, then columns
(module
  (memory (export "memory") 32)

  (data (i32.const 256)
    "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"
    "\00\00\00\00\ff\00\00\00\00\00\00\00\00\00\00\00"
    "\00\00\00\00\ff\ff\00\00\00\00\00\00\00\00\00\00"
    "\00\00\00\00\ff\ff\ff\00\00\00\00\00\00\00\00\00"
    "\00\00\00\00\ff\ff\ff\ff\00\00\00\00\00\00\00\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\00\00\00\00\00\00\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\ff\00\00\00\00\00\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\00\00\00\00\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff\00\00\00\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff\ff\00\00\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\00\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\00"
    "\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff")

  ;; Bit i: whether $at[i] is a stop.
  (func $stops (param $at i32) (param $delimiter v128) (param $quote v128) (param $escaper v128) (result i64)
    (local $bytes v128) (local $mask i64) (local $block i32)
    (loop $blocks
      (local.set $bytes (v128.load align=1 (i32.add (local.get $at) (local.get $block))))
      (local.set $mask (i64.or (local.get $mask) (i64.shl
        (i64.extend_i32_u (i8x16.bitmask (v128.or
          (v128.or
            (v128.or
              (i8x16.eq (local.get $bytes) (local.get $delimiter))
              (i8x16.eq (local.get $bytes) (local.get $quote)))
            (v128.or
              (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 10)))
              (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 13)))))
          (i8x16.eq (local.get $bytes) (local.get $escaper)))))
        (i64.extend_i32_u (local.get $block)))))
      (local.set $block (i32.add (local.get $block) (i32.const 16)))
      (br_if $blocks (i32.lt_u (local.get $block) (i32.const 64))))
    (local.get $mask))

  ;; Whether all cells of $from..$to are empty but for spaces, or may be: quotes are not looked into.
  (func $mayBeBlank (param $from i32) (param $to i32) (param $delimiter i32) (param $quote i32) (result i32)
    (local $byte i32)
    (block $blank
      (loop $bytes
        (br_if $blank (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $byte (i32.load8_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br_if $bytes (i32.eq (local.get $byte) (local.get $delimiter)))
        (br_if $bytes (i32.eq (local.get $byte) (local.get $quote)))
        (br_if $bytes (i32.eq (local.get $byte) (i32.const 32)))
        (br_if $bytes (i32.le_u (i32.sub (local.get $byte) (i32.const 9)) (i32.const 4))))
      (return (i32.const 0)))
    (i32.const 1))

  ;; Whether $length bytes from $from begin as the header does (its first 16 KB).
  (func $mayBeHeader (param $from i32) (param $length i32) (result i32)
    (local $i i32)
    (local.set $length (select (local.get $length) (i32.const 16384) (i32.lt_u (local.get $length) (i32.const 16384))))
    (loop $bytes
      (if (i32.ge_u (local.get $i) (local.get $length)) (then (return (i32.const 1))))
      (if (i32.eq
            (i32.load8_u (i32.add (local.get $from) (local.get $i)))
            (i32.load8_u offset=41984 (local.get $i)))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $bytes))))
    (i32.const 0))

  ;; Copy $from..$to without its escapes to $target; the end of the copy. Sixteen bytes a step, up to the next escaper;
  ;; what a step writes too much is written over by the next.
  (func $unescape (param $from i32) (param $to i32) (param $target i32)
    (param $quote i32) (param $escaper i32) (param $escapers v128) (result i32)
    (local $bytes v128) (local $step i32) (local $next i32)
    (loop $steps
      (local.set $bytes (v128.load align=1 (local.get $from)))
      (v128.store align=1 (local.get $target) (local.get $bytes))
      (local.set $step (i32.ctz (i32.or
        (i32.const 0x10000)
        (i8x16.bitmask (i8x16.eq (local.get $bytes) (local.get $escapers))))))
      (local.set $target (i32.add (local.get $target) (local.get $step)))
      (local.set $from (i32.add (local.get $from) (local.get $step)))
      ;; Gone too far: by as much too far in the copy.
      (if (i32.ge_u (local.get $from) (local.get $to))
        (then (return (i32.sub (local.get $target) (i32.sub (local.get $from) (local.get $to))))))
      (br_if $steps (i32.eq (local.get $step) (i32.const 16)))
      ;; An escaper. What it escapes is text; where it escapes nothing, it is text itself.
      (local.set $next (i32.load8_u offset=1 (local.get $from)))
      (if (i32.and
            (i32.lt_u (i32.add (local.get $from) (i32.const 1)) (local.get $to))
            (i32.or (i32.eq (local.get $next) (local.get $quote)) (i32.eq (local.get $next) (local.get $escaper))))
        (then
          (i32.store8 (local.get $target) (local.get $next))
          (local.set $from (i32.add (local.get $from) (i32.const 2))))
        (else
          (i32.store8 (local.get $target) (local.get $escaper))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))))
      (local.set $target (i32.add (local.get $target) (i32.const 1)))
      (br_if $steps (i32.lt_u (local.get $from) (local.get $to))))
    (local.get $target))

  ;; Fill rows until they are `rowLimit`, the text ends, or a record is not plain. Tells which:
  ;; 0 all rows, 1 the record at `at` is not whole here, 2 it is not plain, 3 the overflow area is full.
  (func (export "run") (result i32)
    (local $delimiter i32) (local $quote i32) (local $escaper i32)
    (local $delimiters v128) (local $quotes v128) (local $escapers v128)
    (local $end i32) (local $row i32) (local $rowLimit i32) (local $width i32) (local $textBase i32)
    (local $line i64) (local $lineBefore i64)
    (local $overflow i32) ;; address of the first free byte
    (local $overflowBefore i32)
    (local $block i32) (local $mask i64) ;; stops not yet walked: bit i is $block + i
    (local $start i32) (local $from i32) (local $to i32) ;; of the record; of the cell's text
    (local $at i32) (local $byte i32) ;; the stop
    (local $cell i32) ;; address in the table of cells
    (local $firstCell i32) (local $lastCell i32)
    (local $isQuoted i32) (local $isClosed i32) (local $escapes i32) ;; 1 or 0
    (local $skipTo i32)
    (local $length i32) (local $view i32) (local $result i32)

    (local.set $start (i32.load (i32.const 0)))
    (local.set $end (i32.load (i32.const 4)))
    (local.set $row (i32.load (i32.const 8)))
    (local.set $rowLimit (i32.load (i32.const 12)))
    (local.set $delimiter (i32.load (i32.const 16)))
    (local.set $quote (i32.load (i32.const 20)))
    (local.set $escaper (i32.load (i32.const 24)))
    (local.set $width (i32.load (i32.const 28)))
    (local.set $textBase (i32.load (i32.const 40)))
    (local.set $overflow (i32.add (i32.load (i32.const 44)) (i32.const 65536)))
    (local.set $firstCell (i32.load (i32.const 52)))
    (local.set $lastCell (i32.add (local.get $firstCell) (i32.shl (i32.sub (local.get $width) (i32.const 1)) (i32.const 3))))
    (local.set $line (i64.load (i32.const 64)))
    (local.set $delimiters (i8x16.splat (local.get $delimiter)))
    ;; A mark that is none is looked for as the delimiter: no stop more.
    (local.set $quotes (i8x16.splat
      (select (local.get $delimiter) (local.get $quote) (i32.lt_s (local.get $quote) (i32.const 0)))))
    (local.set $escapers (i8x16.splat
      (select (local.get $delimiter) (local.get $escaper) (i32.lt_s (local.get $escaper) (i32.const 0)))))

    (local.set $block (local.get $start))
    (local.set $mask (call $stops (local.get $block)
      (local.get $delimiters) (local.get $quotes) (local.get $escapers)))
    (local.set $from (local.get $start))
    (local.set $cell (local.get $firstCell))
    (local.set $lineBefore (local.get $line))
    (local.set $overflowBefore (local.get $overflow))

    (block $done
      (if (i32.ge_u (local.get $row) (local.get $rowLimit)) (then (br $done)))
      (loop $next
        (if (i64.eqz (local.get $mask))
          (then
            (loop $seek
              (local.set $block (i32.add (local.get $block) (i32.const 64)))
              (local.set $mask (call $stops (local.get $block)
                (local.get $delimiters) (local.get $quotes) (local.get $escapers)))
              (br_if $seek (i64.eqz (local.get $mask))))))
        (local.set $at (i32.add (local.get $block) (i32.wrap_i64 (i64.ctz (local.get $mask)))))
        (local.set $mask (i64.and (local.get $mask) (i64.sub (local.get $mask) (i64.const 1))))
        (local.set $byte (i32.load8_u (local.get $at)))

        (if (local.get $isQuoted)
          (then
            (br_if $next (i32.lt_u (local.get $at) (local.get $skipTo)))
            (if (i32.eq (local.get $byte) (i32.const 10))
              (then
                (if (i32.ge_u (local.get $at) (local.get $end))
                  (then (local.set $result (i32.const 1)) (br $done)))
                (local.set $line (i64.add (local.get $line) (i64.const 1)))
                (br $next)))
            (if (i32.eq (local.get $byte) (i32.const 13))
              (then
                (if (i32.ne (i32.load8_u offset=1 (local.get $at)) (i32.const 10))
                  (then (local.set $line (i64.add (local.get $line) (i64.const 1)))))
                (br $next)))
            (local.set $length (i32.load8_u offset=1 (local.get $at))) ;; the byte behind
            (if (i32.and
                  (i32.eq (local.get $byte) (local.get $escaper))
                  (i32.or (i32.eq (local.get $length) (local.get $quote)) (i32.eq (local.get $length) (local.get $escaper))))
              (then
                (local.set $escapes (i32.const 1))
                (local.set $skipTo (i32.add (local.get $at) (i32.const 2)))
                (br $next)))
            (br_if $next (i32.ne (local.get $byte) (local.get $quote)))
            ;; Closed: the stop behind must end the cell.
            (local.set $isQuoted (i32.const 0))
            (local.set $isClosed (i32.const 1))
            (local.set $to (local.get $at))
            (if (i32.or (i32.eq (local.get $length) (local.get $delimiter))
                  (i32.or (i32.eq (local.get $length) (i32.const 10)) (i32.eq (local.get $length) (i32.const 13))))
              (then (br $next)))
            (local.set $result (i32.const 2))
            (br $done)))

        (if (i32.eq (local.get $byte) (local.get $quote))
          (then
            (br_if $next (i32.ne (local.get $at) (local.get $from))) ;; text of a bare cell
            (local.set $isQuoted (i32.const 1))
            (local.set $skipTo (i32.const 0))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (br $next)))
        (if (i32.and (i32.ne (local.get $byte) (local.get $delimiter)) (i32.gt_u (local.get $byte) (i32.const 13)))
          (then (br $next))) ;; an escaper in a bare cell

        ;; The cell ends.
        (if (i32.gt_u (local.get $cell) (local.get $lastCell))
          (then (local.set $result (i32.const 2)) (br $done)))
        (if (local.get $isClosed)
          (then
            (local.set $isClosed (i32.const 0))
            (if (local.get $escapes)
              (then
                (local.set $length (i32.sub (local.get $to) (local.get $from)))
                (if (i32.gt_u (i32.add (local.get $overflow) (local.get $length)) (i32.const 327680))
                  (then (local.set $result (i32.const 3)) (br $done)))
                (local.set $to (call $unescape (local.get $from) (local.get $to) (local.get $overflow)
                  (local.get $quote) (local.get $escaper) (local.get $escapers)))
                (local.set $from (local.get $overflow))
                (local.set $overflow (local.get $to)))))
          (else
            (local.set $to (local.get $at))
            ;; The record's last cell begins with an apostrophe and does not end with one: it may go on below.
            (if (i32.ne (local.get $byte) (local.get $delimiter))
              (then
                (if (i32.and
                      (i32.eq (i32.load8_u (local.get $from)) (i32.const 39))
                      (i32.ne (i32.load8_u (i32.sub (local.get $at) (i32.const 1))) (i32.const 39)))
                  (then (local.set $result (i32.const 2)) (br $done)))))))
        (local.set $length (i32.sub (local.get $to) (local.get $from)))
        (local.set $view (i32.add (i32.load (local.get $cell)) (i32.shl (local.get $row) (i32.const 4))))
        (if (i32.le_u (local.get $length) (i32.const 12))
          (then
            (v128.store (local.get $view)
              (i32x4.replace_lane 0
                (v128.and
                  (v128.load align=1 (i32.sub (local.get $from) (i32.const 4)))
                  (v128.load offset=256 (i32.shl (local.get $length) (i32.const 4))))
                (local.get $length))))
          (else
            (i32.store (local.get $view) (local.get $length))
            (i32.store offset=4 (local.get $view) (i32.load align=1 (local.get $from)))
            (i32.store offset=8 (local.get $view) (local.get $escapes))
            (i32.store offset=12 (local.get $view)
              (if (result i32) (local.get $escapes)
                (then (i32.add (i32.sub (local.get $from) (i32.const 65536)) (i32.load (i32.const 48))))
                (else (i32.sub (local.get $from) (local.get $textBase)))))
            (i32.store8 offset=4 (local.get $cell) (i32.const 1))))
        (local.set $escapes (i32.const 0))
        (local.set $from (i32.add (local.get $at) (i32.const 1)))
        (local.set $cell (i32.add (local.get $cell) (i32.const 8)))
        (br_if $next (i32.eq (local.get $byte) (local.get $delimiter)))

        ;; The record ends at $at; $from becomes the start of the next.
        (if (i32.eq (local.get $byte) (i32.const 13))
          (then
            (if (i32.eq (i32.load8_u (local.get $from)) (i32.const 10))
              (then
                (local.set $from (i32.add (local.get $from) (i32.const 1)))
                ;; The line feed is a stop too: the next one.
                (if (i64.eqz (local.get $mask))
                  (then
                    (local.set $block (i32.add (local.get $block) (i32.const 64)))
                    (local.set $mask (call $stops (local.get $block)
                      (local.get $delimiters) (local.get $quotes) (local.get $escapers)))))
                (local.set $mask (i64.and (local.get $mask) (i64.sub (local.get $mask) (i64.const 1))))))))
        (if (i32.gt_u (local.get $from) (local.get $end))
          (then (local.set $result (i32.const 1)) (br $done)))
        (local.set $length (i32.sub (local.get $at) (local.get $start)))
        (local.set $result (i32.const 2))
        (br_if $done (i32.le_u (local.get $cell) (local.get $lastCell)))
        (br_if $done (i32.gt_u (local.get $length) (i32.load (i32.const 32))))
        (if (i32.eq (local.get $length) (i32.load (i32.const 36)))
          (then (br_if $done (call $mayBeHeader (local.get $start) (local.get $length)))))
        (br_if $done (call $mayBeBlank (local.get $start) (local.get $at) (local.get $delimiter) (local.get $quote)))
        (local.set $result (i32.const 0))

        (local.set $view (i32.add (i32.load (i32.const 56)) (i32.shl (local.get $row) (i32.const 4))))
        (if (i32.le_u (local.get $length) (i32.const 12))
          (then
            (v128.store (local.get $view)
              (i32x4.replace_lane 0
                (v128.and
                  (v128.load align=1 (i32.sub (local.get $start) (i32.const 4)))
                  (v128.load offset=256 (i32.shl (local.get $length) (i32.const 4))))
                (local.get $length))))
          (else
            (i32.store (local.get $view) (local.get $length))
            (i32.store offset=4 (local.get $view) (i32.load align=1 (local.get $start)))
            (i32.store offset=8 (local.get $view) (i32.const 0))
            (i32.store offset=12 (local.get $view) (i32.sub (local.get $start) (local.get $textBase)))
            (i32.store (i32.const 60) (i32.const 1))))
        (i64.store offset=1024 (i32.shl (local.get $row) (i32.const 3)) (local.get $lineBefore))
        (i64.store offset=17408 (i32.shl (local.get $row) (i32.const 3))
          (i64.add (i64.extend_i32_u (local.get $start)) (i64.load (i32.const 72))))
        (i32.store offset=33792 (i32.shl (local.get $row) (i32.const 2)) (local.get $length))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (local.set $start (local.get $from))
        (local.set $cell (local.get $firstCell))
        (local.set $line (i64.add (local.get $line) (i64.const 1)))
        (local.set $lineBefore (local.get $line))
        (local.set $overflowBefore (local.get $overflow))
        (br_if $next (i32.lt_u (local.get $row) (local.get $rowLimit)))))

    (i32.store (i32.const 0) (local.get $start))
    (i32.store (i32.const 8) (local.get $row))
    (i32.store (i32.const 44) (i32.sub (local.get $overflowBefore) (i32.const 65536)))
    (i64.store (i32.const 64) (local.get $lineBefore))
    (local.get $result)))
