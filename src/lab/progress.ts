/** Takes one line about what the lab is doing now. The caller decides whether and where it is shown. */
export type Progress = (line: string) => void;
