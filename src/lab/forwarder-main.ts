// The forwarder's process: `node lab-forwarder.js outside CONFIG SOCKET NAMESPACE`, which starts itself
// once more as `inside`.
import { fileURLToPath } from "node:url";
import { runInside } from "./forwarder-inside.ts";
import { runOutside } from "./forwarder-outside.ts";

const [half, configFile = "", controlSocket = "", namespace = ""] = process.argv.slice(2);
if (half === "inside") runInside();
else {
  const entry = fileURLToPath(import.meta.url);
  await runOutside({ configFile, controlSocket, namespace, entry }).catch((error: Error) => {
    // Its log, which `up` shows.
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
