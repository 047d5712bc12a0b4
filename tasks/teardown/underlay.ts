import { change, sh, task } from "weft";
import { askUnit, parseUnit, removeUnit } from "../systemd/boot-unit.ts";
import { scriptPath } from "../underlay/script.ts";
import { bridge, unitName } from "../underlay.ts";

interface UnderlayState {
  /** The unit that moves the address. */
  readonly unit: boolean;
  /** The NIC has been given other settings than it had. */
  readonly altered: boolean;
}

/**
 * The tunnel endpoint's address on its NIC, as the host's own boot configuration has it, and nothing that
 * would move it. The connection that this comes over goes on on the NIC.
 */
export const underlayOnNic = (nic: string) =>
  task<UnderlayState>({
    title: `underlay on ${nic} itself`,
    timeoutMs: 180_000,
    probe: {
      command: sh`
if [ -e ${scriptPath} ] && [ -e ${`/var/run/weft-underlay-${nic}.before`} ]; then echo altered; fi
${askUnit({ name: unitName })}`,
      parse: (result) => ({
        unit: parseUnit(result)?.text !== undefined,
        altered: /^altered$/m.test(result.stdout),
      }),
    },
    plan: ({ unit, altered }) => [
      ...change(
        unit,
        `stop and remove ${unitName}`,
        // systemd stops what it disables.
        sh`
[ -d /run/systemd/system ] || service ${unitName} stop
${removeUnit(unitName)}`,
        { mayDisconnect: true },
      ),
      ...change(
        altered,
        `give ${nic} its own settings back`,
        sh`${scriptPath} reset ${nic} ${bridge}`,
        { mayDisconnect: true },
      ),
    ],
  });
