// Keys for servers and users that live as long as a build or a test.
import ssh2 from "ssh2";

const { generateKeyPairSync, parseKey } = ssh2.utils;

/**
 * Makes a private key in OpenSSH's format.
 *
 * One of some 300 that ssh2 1.17 makes cannot be read, not even by ssh2: it leaves out the zeros that
 * the public key begins with (mscdex/ssh2 issues 1390 and 1513). Those are not given.
 */
export const ed25519Key = (encryption) => {
  for (;;) {
    const { private: text } = generateKeyPairSync("ed25519", encryption);
    if (!(parseKey(text, encryption?.passphrase) instanceof Error)) return text;
  }
};
