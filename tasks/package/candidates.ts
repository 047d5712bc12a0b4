import { type Command, type CommandResult, sh } from "weft";

/** Asks apt which version of each package it would install. It reads the lists that are on the host and fetches none. */
export const askCandidates = (names: readonly string[]): Command => sh`
LC_ALL=C apt-cache policy ${names} | sed -n \
  -e 's/^\([^ ].*\):$/package \1/p' \
  -e 's/^  Installed: /now /p' \
  -e 's/^  Candidate: /then /p'`;

/** Versions that apt would put in place of the installed ones, by package. Reads the answer of {@link askCandidates}. */
export const parseCandidates = ({ stdout }: CommandResult): ReadonlyMap<string, string> =>
  new Map(
    [...stdout.matchAll(/^package (\S+)\nnow (\S+)\nthen (\S+)$/gm)].flatMap(
      ([, name = "", now = "", then = ""]) =>
        now === then || now === "(none)" || then === "(none)" ? [] : [[name, then] as const],
    ),
  );
