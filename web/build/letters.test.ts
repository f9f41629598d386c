import { expect, test } from "vitest";
import { relettered } from "./letters.ts";

test("text that differs in a letter becomes the same, as long as before", () => {
  const code =
    "(function(){return[e=>e.width+e.height+e.column,(r,e)=>e.width+e.height+e.column+r]" +
    ".map(n=>n({width:1,height:2,column:3},{width:1,height:2,column:3}))})()";
  const other = relettered(
    code.replace("e=>e.width+e.height+e.column", "t=>t.width+t.height+t.column"),
  );
  expect(other.length).toBe(code.length);
  expect(other.match(/e\.width\+e\.height\+e\.column/g)).toHaveLength(2);
});

test("what a script does stays the same", () => {
  const code = `(function(){
    let e=1,t=[2,3],n={x:4,y:5};
    function r(e,{x:n,y}=t){let i=e+n+y;{function o(){return i+a}i=o()}return i}
    var a=10,s=class s{static e=7;u=s.e;get p(){return this.u+e}};
    let l=function c(e){return e?e+c(e-1):0};
    try{throw[9]}catch([e]){t.push(e)}
    for(let{x:u,y:d}of[n])t.push(u*d,...[1].map(e=>e+u));
    f:for(const e of t){for(;;)continue f}
    const{x,y:g=h}=n;var h;
    return JSON.stringify([e,t,r(e,n),new s().p,l(4),x,g,typeof k,a]);
  })()`;
  const before: unknown = (0, eval)(code);
  expect(relettered(code)).not.toBe(code);
  expect((0, eval)(relettered(code))).toBe(before);
});
