// Loaded before everything else: what is meant for WeChat goes to the sandbox whose address SANDBOX holds, and nothing there.
const sandbox = new URL(process.env.SANDBOX);
const direct = globalThis.fetch;

globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : String(input));
  if (url.hostname !== "api.weixin.qq.com") {
    throw new Error(`${url.hostname} is called, which is not WeChat`);
  }
  url.protocol = sandbox.protocol;
  url.host = sandbox.host;
  return direct(input instanceof Request ? new Request(url, input) : url, init);
};
