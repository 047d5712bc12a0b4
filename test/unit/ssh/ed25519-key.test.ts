import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { ed25519Key } from "../../../scripts/ed25519-key.js";

test("every key that is made can be read", () => {
  // ssh2's own function makes none bad among these with a probability of 1 in 50.
  for (let made = 0; made < 1000; made += 1) {
    expect(ssh2.utils.parseKey(ed25519Key())).not.toBeInstanceOf(Error);
  }
});
