/** A variable's name as a flag: `keepPackages` is `keep-packages`. */
export const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
