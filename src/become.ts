/** Programs by which a user becomes another one. */
export const BECOME_METHODS = ["sudo", "su"] as const;

/** As useradd(8) lets it be, and those of directories: no option of su, no path, no space. */
const USER_NAME = /^[^-\s:/][^\s:/]*$/;

export const isUserName = (name: string): boolean => USER_NAME.test(name);

/** Another user than the one who logged in, and how to become it. */
export interface Become {
  readonly user: string;
  /** sudo(8) asks for the password of the user who logged in, su(1) for that of the other one. */
  readonly method: (typeof BECOME_METHODS)[number];
}

/** What a host says of becoming another user. */
export interface BecomeDefaults {
  /** Runs as another user whatever does not say otherwise. Default: false. */
  readonly become?: boolean;
  /** Who to become. Default: `root`. */
  readonly becomeUser?: string;
  /** Default: `sudo`. */
  readonly becomeMethod?: Become["method"];
}

/**
 * What a play or task wants: `true` takes what the host says of user and method, `false` stays who
 * logged in, and what is named wins over the host's word.
 */
export type BecomeWish = boolean | Partial<Become>;

/**
 * Who a step runs as on a host; `undefined` for the user who logged in.
 *
 * @param wish `undefined` leaves it to the host
 */
export const becomeOf = (
  host: BecomeDefaults,
  wish: BecomeWish | undefined = host.become ?? false,
): Become | undefined => {
  if (wish === false) return undefined;
  const { user = host.becomeUser ?? "root", method = host.becomeMethod ?? "sudo" } =
    wish === true ? {} : wish;
  return { user, method };
};
