import { createElement } from "react";
import { renderToString } from "react-dom/server";
import Page from "./page.mdx";

/** The page as a server or a static build writes it. */
export const html = () => renderToString(createElement(Page));
