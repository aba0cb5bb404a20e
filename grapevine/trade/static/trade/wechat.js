/* Inside WeChat its own browser pays: what the provider gave goes to it, and then we ask what came of it. */
"use strict";
(() => {
  const button = document.querySelector("[data-wechat-pay]");
  if (!button) return;
  const pay = () => window.WeixinJSBridge?.invoke(
    "getBrandWCPayRequest", JSON.parse(button.dataset.wechatPay), () => location.assign(button.dataset.after));
  button.addEventListener("click", pay);
  if (window.WeixinJSBridge) pay(); else document.addEventListener("WeixinJSBridgeReady", pay, { once: true });
})();
