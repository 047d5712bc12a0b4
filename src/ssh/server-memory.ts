/**
 * Remembers, over runs, which servers agree to the key exchange that is offered to them first. With
 * those the client need not wait for the server's list before it begins.
 */
export interface ServerMemory {
  /** @param server address and port, with what is on the way */
  agrees(server: string): boolean;
  remember(server: string, agrees: boolean): void;
}
