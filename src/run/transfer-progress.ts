/** Milliseconds between two lines about one transfer. */
const PAUSE_MS = 1_000;
const MEBIBYTE = 1024 * 1024;

const inMebibytes = (bytes: number): string => (bytes / MEBIBYTE).toFixed(1);

interface Transfer {
  /** Bytes of the whole file, where that is known. */
  readonly total: number | undefined;
  /** What is done with them: "sent". */
  readonly verb: "sent" | "received";
  onLine(line: string): void;
  now?(): number;
}

/** Tells in lines, at most one a second, how much of a file has been transferred. */
export const transferProgress = ({
  total,
  verb,
  onLine,
  now = () => performance.now(),
}: Transfer): ((bytes: number) => void) => {
  let told = now();
  return (bytes) => {
    if (now() - told < PAUSE_MS) return;
    told = now();
    if (!total) return onLine(`${inMebibytes(bytes)} MiB ${verb}`);
    // A file may grow while it is transferred.
    const share = Math.min(100, Math.floor((bytes / total) * 100));
    onLine(`${share} %: ${inMebibytes(bytes)} of ${inMebibytes(total)} MiB ${verb}`);
  };
};
