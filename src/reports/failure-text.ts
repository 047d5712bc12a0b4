import type { Failure } from "../run/events.ts";
import { failureBlock } from "../ui/failure-block.ts";
import { createLook } from "../ui/look.ts";

const look = createLook({ color: false, verbosity: 1, showDiff: false }, Number.POSITIVE_INFINITY);

/** A failure as text: what went wrong, the whole command with its last output, and what to try. */
export const failureText = (failure: Failure): string => failureBlock(failure, look).join("\n");
