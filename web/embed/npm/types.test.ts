// What the package declares is what the sources are: every name, member, event and attribute, with
// the same types.

import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import attributes from "../attributes.json";
import manifest from "../custom-elements.json";

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};
const program = ts.createProgram(
  ["index.d.ts", "react.d.ts", "player.ts", "../decodescope-player.ts", "../export.ts"].map(at),
  options,
);
const checker = program.getTypeChecker();
const { NoTruncation, InTypeAlias } = ts.TypeFormatFlags;

const exportsOf = (name: string): Map<string, ts.Symbol> => {
  const file = checker.getSymbolAtLocation(program.getSourceFile(at(name))!)!;
  return new Map(
    checker
      .getExportsOfModule(file)
      .map((it) => [it.name, it.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(it) : it]),
  );
};

/** Members that browsers call, and the list they ask for. */
const OF_BROWSERS = /Callback$|^observedAttributes$|^prototype$/;

/** What a member is: `get ready(): Promise<void>` is a property that cannot be set. */
function member(it: ts.Symbol): string {
  const declarations = it.declarations!;
  const type = checker.getTypeOfSymbol(it);
  const calls = type.getCallSignatures();
  const fixed =
    declarations.some((it) => ts.getCombinedModifierFlags(it) & ts.ModifierFlags.Readonly) ||
    (it.flags & ts.SymbolFlags.Accessor) === ts.SymbolFlags.GetAccessor;
  const optional = it.flags & ts.SymbolFlags.Optional ? "?" : "";
  const text =
    calls.length > 0
      ? calls.map((it) => signature(it)).join(" & ")
      : checker.typeToString(type, undefined, NoTruncation);
  return `${fixed ? "readonly " : ""}${it.name}${optional}: ${text}`;
}

/** Parameters that have a default may be left out, as those with a question mark. */
function signature(it: ts.Signature): string {
  const parameters = it.parameters.map((parameter) => {
    const declared = parameter.valueDeclaration as ts.ParameterDeclaration;
    const type = checker.getTypeOfSymbolAtLocation(parameter, declared);
    const open = checker.isOptionalParameter(declared);
    const bare = open ? checker.getNonNullableType(type) : type;
    return `${parameter.name}${open ? "?" : ""}: ${checker.typeToString(bare, undefined, NoTruncation)}`;
  });
  const own = (it.typeParameters ?? []).map((type) => {
    const within = type.getConstraint();
    return `${type.symbol.name} extends ${within ? checker.typeToString(within) : "unknown"}`;
  });
  const result = checker.typeToString(it.getReturnType(), undefined, NoTruncation);
  return `<${own.join()}>(${parameters.join(", ")}) => ${result}`;
}

const isPrivate = (it: ts.Symbol): boolean => {
  const name = it.valueDeclaration && ts.getNameOfDeclaration(it.valueDeclaration);
  return name !== undefined && ts.isPrivateIdentifier(name);
};

/** Everything that an exported name promises, a line each. */
function promises(symbol: ts.Symbol): string[] {
  const type =
    symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)
      ? checker.getDeclaredTypeOfSymbol(symbol)
      : checker.getTypeOfSymbol(symbol);
  if (symbol.flags & ts.SymbolFlags.TypeAlias)
    return [checker.typeToString(type, undefined, NoTruncation | InTypeAlias)];
  if (symbol.flags & ts.SymbolFlags.Function) return type.getCallSignatures().map(signature);
  const own = type
    .getProperties()
    .filter((it) =>
      it.declarations?.some((its) => !/typescript\/lib/.test(its.getSourceFile().fileName)),
    )
    .filter((it) => !isPrivate(it) && !OF_BROWSERS.test(it.name));
  expect(own.length).toBeGreaterThan(0);
  return own.map(member).sort();
}

test("what is declared compiles", () => {
  const wrong = ["index.d.ts", "player.ts"].flatMap((it) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(at(it))),
  );
  expect(wrong.map((it) => ts.flattenDiagnosticMessageText(it.messageText, "\n"))).toEqual([]);
});

const declared = exportsOf("index.d.ts");
const written = new Map([
  ...exportsOf("../export.ts"),
  ...exportsOf("../decodescope-player.ts"),
  ...exportsOf("player.ts"),
]);

test("every name that a package's user meets is declared", () => {
  // For the package itself: it brings what a script finds beside it. And what `export()` is made of.
  const inside = ["partsFrom", "exportFigure", "Exporters"];
  const outside = [...written.keys()].filter((it) => !inside.includes(it));
  expect([...declared.keys()].filter((it) => it !== "Catalogue").sort()).toEqual(outside.sort());
});

test.each([...declared.keys()].filter((it) => it !== "Catalogue"))("%s is as declared", (name) => {
  expect(promises(declared.get(name)!)).toEqual(promises(written.get(name)!));
});

test("Catalogue is as declared", () => {
  const [parameter] = checker
    .getTypeOfSymbol(written.get("addCatalogue")!)
    .getCallSignatures()[0]!
    .parameters.slice(1);
  const type = checker.getTypeOfSymbol(parameter!);
  expect(promises(declared.get("Catalogue")!)).toEqual([
    checker.typeToString(type, undefined, NoTruncation | InTypeAlias),
  ]);
});

test("the React component takes every attribute, with its type", () => {
  const props = exportsOf("react.d.ts").get("DecodescopeProps")!;
  const found = new Map(
    checker
      .getDeclaredTypeOfSymbol(props)
      .getProperties()
      .map((it) => [
        it.name,
        checker.typeToString(checker.getTypeOfSymbol(it), undefined, NoTruncation),
      ]),
  );
  for (const it of ["picture", "alt", "caption", "className", "children", "ref"])
    expect(found.delete(it)).toBe(true);
  interface Kind {
    about: string;
    flag?: boolean;
    number?: number[];
    one?: string[];
  }
  const kinds: Record<string, Kind> = attributes;
  const expected = Object.entries(kinds).map(([name, { flag, number, one }]) => {
    const place = name === "start-at";
    const type = flag
      ? "boolean"
      : number || place
        ? "string | number"
        : one
          ? one.map((it) => `"${it}"`).join(" | ")
          : "string";
    return [name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), type];
  });
  const bare = [...found].map(([name, type]) => [name, type.replace(/ \| undefined$/, "")]);
  expect(Object.fromEntries(bare)).toEqual(Object.fromEntries(expected));
});

test("the manifest's members and events are those declared", () => {
  const [described] = manifest.modules[0]!.declarations;
  const members = checker
    .getDeclaredTypeOfSymbol(declared.get("DecodescopePlayer")!)
    .getProperties()
    .filter((it) =>
      it.declarations?.some((its) => its.getSourceFile().fileName.endsWith("npm/index.d.ts")),
    );
  const names = members.map((it) => it.name).filter((it) => it !== "addEventListener");
  expect(described!.members.map((it) => it.name).sort()).toEqual(names.sort());
  const events = checker.getDeclaredTypeOfSymbol(declared.get("PlayerEvents")!).getProperties();
  expect(described!.events.map((it) => it.name)).toEqual(events.map((it) => it.name));
  for (const it of described!.members) {
    const type = checker.getTypeOfSymbol(members.find((its) => its.name === it.name)!);
    const [call] = type.getCallSignatures();
    const result = call ? call.getReturnType() : type;
    expect([it.name, "return" in it ? it.return!.type.text : it.type!.text]).toEqual([
      it.name,
      checker.typeToString(result),
    ]);
  }
});
