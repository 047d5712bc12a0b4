export declare const ed25519Key: (encryption?: {
  readonly passphrase: string;
  readonly cipher: string;
  readonly rounds: number;
}) => string;
