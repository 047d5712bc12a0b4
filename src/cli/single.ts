import { Problem } from "../problem.ts";

/** Of options that have one value. @throws Problem where there are more */
export const single =
  (flag: string) =>
  (given: string | readonly string[] | undefined): string | undefined => {
    if (given === undefined || typeof given === "string") return given;
    throw new Problem(`${flag} is given ${given.length} times, and takes one value`);
  };
