// The forwarder's process: `node lab-forwarder.js outside CONFIG SOCKET NAMESPACE`, which starts itself
// once more as `inside`.
import { fileURLToPath } from "node:url";
import { runInside } from "./forwarder-inside.ts";
import { runOutside } from "./forwarder-outside.ts";

const [half, configFile = "", controlSocket = "", namespace = ""] = process.argv.slice(2);
if (half === "inside") runInside();
else
  await runOutside({ configFile, controlSocket, namespace, entry: fileURLToPath(import.meta.url) });
