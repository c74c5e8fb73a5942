// Publishes one Markdown file as a user of @wenyan-md/core does, and says how long it took, the start of Node.js left out.
//
//   SANDBOX=http://127.0.0.1:8090 WECHAT_APP_ID=… WECHAT_APP_SECRET=… node --import ./sandbox.js publish.js article.md
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { renderAndPublish } from "@wenyan-md/core/wrapper";

const file = resolve(process.argv[2]);
const options = { file, theme: "default", highlight: "solarized-light", macStyle: true, footnote: true };
const begun = performance.now();
const draft = await renderAndPublish(undefined, options, async () => ({
  content: await readFile(file, "utf8"),
  absoluteDirPath: dirname(file),
}));
const seconds = (performance.now() - begun) / 1000;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ draft, seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 }));
