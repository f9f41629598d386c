export default {
  title: "Guessing ahead",
  url: "http://localhost",
  baseUrl: "/course/week-3/",
  onBrokenLinks: "throw",
  plugins: [["@docusaurus/plugin-content-docs", { routeBasePath: "/" }]],
  themes: ["@docusaurus/theme-classic"],
};
