// Compiled by `npm run check`, never run: each @ts-expect-error proves that the mistake under it does not compile.
import { defineContract, inventory, playbook, sh, task } from "weft";
import * as z from "zod";

const contract = defineContract({
  web: z.object({ port: z.number(), workers: z.number().default(4) }),
  db: z.object({ size: z.number() }),
});
const hosts = { "web-1": { address: "192.0.2.1" } };

inventory(contract, { hosts, groups: { web: { "web-1": { port: 80 } } } });

// @ts-expect-error a variable is missing
inventory(contract, { hosts, groups: { web: { "web-1": {} } } });

// @ts-expect-error a variable has the wrong type
inventory(contract, { hosts, groups: { web: { "web-1": { port: "80" } } } });

// @ts-expect-error a variable is misspelt
inventory(contract, { hosts, groups: { web: { "web-1": { port: 80, worker: 2 } } } });

// @ts-expect-error the group is unknown
inventory(contract, { hosts, groups: { wbe: { "web-1": { port: 80 } } } });

// @ts-expect-error the member is no host
inventory(contract, { hosts, groups: { web: { "web-2": { port: 80 } } } });

// @ts-expect-error the connection is misspelt
inventory(contract, { hosts: { a: { address: "a", prot: 22 } }, groups: {} });

const noop = (port: number) =>
  task({
    title: `port ${port}`,
    probe: { command: sh`true`, parse: () => port },
    plan: (now) => (now.toFixed() === "" ? [] : []),
  });

playbook(contract, [
  {
    name: "web",
    hosts: "web",
    tasks: ({ vars, group }) => [noop(vars.workers), noop(group("db").length)],
  },
  { name: "db", hosts: "db", tasks: ({ vars }) => [noop(vars.size)] },
]);

playbook(contract, [
  // @ts-expect-error the group is unknown
  { name: "web", hosts: "wbe", tasks: () => [] },
]);

playbook(contract, [
  // @ts-expect-error the variable is misspelt
  { name: "web", hosts: "web", tasks: ({ vars }) => [noop(vars.prot)] },
]);

playbook(contract, [
  // @ts-expect-error a variable of another group
  { name: "web", hosts: "web", tasks: ({ vars }) => [noop(vars.size)] },
]);

playbook(contract, [
  // @ts-expect-error another group's variable has another type
  { name: "web", hosts: "web", tasks: ({ group }) => [noop(group("db")[0]?.vars.size.length)] },
]);

playbook(contract, [], { options: { port: "Where to listen", size: "In GB" } });

// @ts-expect-error no group has such a variable
playbook(contract, [], { options: { prot: "Where to listen" } });

// @ts-expect-error a value that is no word cannot be quoted
sh`echo ${undefined}`;

// @ts-expect-error nor can an object
sh`echo ${{ a: 1 }}`;
