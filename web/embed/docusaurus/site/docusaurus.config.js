export default {
  title: "Guessing ahead",
  url: "http://localhost",
  baseUrl: "/course/week-3/",
  onBrokenLinks: "throw",
  plugins: [["@docusaurus/plugin-content-docs", { routeBasePath: "/" }]],
  themes: ["@docusaurus/theme-classic"],
  // Rspack and SWC: a sixth of the time that webpack and Babel take.
  future: { v4: true, faster: true },
};
