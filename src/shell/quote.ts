/**
 * Quotes one value as one word of a POSIX shell.
 *
 * Single quotes only: `$'...'` would be shorter for control characters but is no POSIX, and dash
 * and busybox before 1.36 take it literally. Source: POSIX.1-2017, XCU 2.2.2.
 *
 * @throws TypeError when the value holds a NUL byte, which no shell word can carry.
 */
export const quote = (value: string): string => {
  if (value.includes("\0")) throw new TypeError("a shell word cannot hold a NUL byte");
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
};
