/** Permission bits as chmod(1) takes them. */
export const octal = (mode: number): string => (mode & 0o777).toString(8);
