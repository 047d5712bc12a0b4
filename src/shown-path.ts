import { relative } from "node:path";

/** A path as a user would type it from where they are. */
export const shownPath = (file: string): string => {
  const short = relative(process.cwd(), file);
  return short.startsWith("../../..") ? file : short;
};
