import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { agent, agentPath } from "../../../tasks/nic/agent.ts";
import {
  config,
  configPath,
  hook,
  hookPath,
  keeper,
  keeperPath,
  probeConfig,
  probeConfigPath,
} from "../../../tasks/nic/dhcp-client.ts";
import { script, scriptPath } from "../../../tasks/nic/script.ts";
import { nicTools } from "../../../tasks/nic-tools.ts";
import { answer, summaries } from "./answer.ts";

const task = nicTools();
const line = (text: string, path: string) =>
  `${createHash("sha256").update(text).digest("hex")}  ${path}\n`;
const all = [
  line(script, scriptPath),
  line(agent, agentPath),
  line(keeper, keeperPath),
  line(hook, hookPath),
  line(config, configPath),
  line(probeConfig, probeConfigPath),
];

it("leaves files alone that are as they should be", () => {
  expect(task.plan(task.probe.parse(answer(all.join(""))))).toEqual([]);
});

it("writes a file that differs and one that is missing", () => {
  const [first = "", second = "", , , ...others] = all;
  const stdout = `${first}${second}${line("old", keeperPath)}${others.join("")}`;
  const stderr = `sha256sum: ${hookPath}: No such file or directory\n`;
  expect(summaries(task.plan(task.probe.parse(answer(stdout, stderr))))).toEqual([
    `write ${keeperPath}`,
    `write ${hookPath}`,
  ]);
});

it("refuses silence", () => {
  expect(() => task.probe.parse(answer("", "sh: sha256sum: not found\n"))).toThrow("not found");
});
