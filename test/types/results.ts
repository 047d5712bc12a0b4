// Compiled by `npm run check`, never run: each @ts-expect-error proves that the mistake under it does not compile.
import { after, defineContract, playbook, register, result, retry, sh } from "weft";
import * as z from "zod";
import { command } from "../../tasks/command.ts";
import { query } from "../../tasks/query.ts";

const contract = defineContract({ web: z.object({}) });
const token = result<string>("token");
const cores = result<number>("cores");

const name = query({ ask: sh`cat /etc/token` });
const count = query({ ask: sh`nproc`, parse: Number });

after(name, (text) => command({ run: sh`join ${text.trim()}` }));
after([name, count], ([text, number]) => command({ run: sh`join ${text} ${number.toFixed()}` }));
after(cores, (number) => command({ run: sh`make -j ${number.toFixed()}` }));
after(count, (_, { changed, output }) => changed && command({ run: sh`echo ${output}` }));

// @ts-expect-error the answer is a number
after(count, (text) => command({ run: sh`join ${text.trim()}` }));

// @ts-expect-error the second one is a number
after([name, count], ([, text]) => command({ run: sh`join ${text.trim()}` }));

// @ts-expect-error the result holds numbers
after(cores, (text) => command({ run: sh`join ${text.trim()}` }));

register(token, name, (text) => text);

// @ts-expect-error the result holds text
register(token, count, (number) => number);

retry({ until: (number) => number > 2 }, count);

// @ts-expect-error the state is text
retry({ until: (number) => number > 2 }, name);

playbook(contract, [
  {
    name: "web",
    hosts: "web",
    tasks: ({ resultOf, resultsOf }) => [
      command({ run: sh`join ${resultOf(token, "web-1")} ${[...resultsOf(cores).values()]}` }),
      // @ts-expect-error the result holds text
      command({ run: sh`join ${resultOf(token, "web-1").toFixed()}` }),
    ],
  },
]);
