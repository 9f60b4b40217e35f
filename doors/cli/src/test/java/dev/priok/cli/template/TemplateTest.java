package dev.priok.cli.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.client.Json;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected texts were taken from docker 28.2.2 over the same data, where docker has the case. */
final class TemplateTest {
    private static final String DATA = """
            {"Name":"web","Count":3,"Ratio":0.5,"Big":1e21,"On":true,"Off":false,"Names":["b","a"],"Empty":[],
             "State":{"Status":"running","Pid":12,"Error":""},"None":null,
             "Config":{"Env":["A=1","B=2"],"Cmd":null,"Volumes":null,"Labels":{"x.y":"1","z":"2"}},
             "NetworkSettings":{"Networks":{"n1":{"IP":"1.1.1.1"},"n2":{"IP":"2.2.2.2"}},
             "Ports":{"80/tcp":[{"HostPort":"8080"}],"90/udp":null}}}""";

    private static String render(String template) throws TemplateError, IOException {
        StringBuilder out = new StringBuilder();
        Template.parse(template).render(out, Json.read(DATA));
        return out.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', textBlock = """
                    plain   => plain
                    {{.Name}}/{{.State.Status}}/{{.Count}}   => web/running/3
                    {{.Ratio}} {{.Big}} {{.On}}   => 0.5 1e+21 true
                    {{.Names}} {{.Config.Labels}}   => [b a] map[x.y:1 z:2]
                    {{.Config.Cmd}} {{.Config.Volumes}}   => [] map[]
                    {{json .Names}} {{json .Config.Cmd}} {{json .Name}}   => ["b","a"] null "web"
                    {{json .State}}   => {"Status":"running","Pid":12,"Error":""}
                    {{.Name | upper | printf "%s-%s" "x"}}   => x-WEB
                    {{lower "ABC"}} {{title "a bc"}} {{upper .Name}}   => abc A Bc WEB
                    {{join .Names ", "}} {{split "a,b" ","}}   => b, a [a b]
                    {{truncate .Name 2}}{{truncate .Name 9}}   => weweb
                    {{pad .Name 1 2}}!   => ` web  !`
                    {{len .Names}} {{len .Name}} {{len .Config.Labels}}   => 2 3 2
                    {{index .Names 1}} {{index .Config.Labels "x.y"}}   => a 1
                    {{index .Config.Labels "no"}}{{.Config.Labels.z}}   => 2
                    {{.Config.Labels.no}}   => <no value>
                    {{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}   => 8080
                    {{if .On}}a{{else}}b{{end}}{{if .Off}}c{{else}}d{{end}}   => ad
                    {{if .Off}}a{{else if eq .Count 3}}b{{else}}c{{end}}   => b
                    {{if .Empty}}a{{else}}b{{end}}{{if .None}}a{{else}}b{{end}}   => bb
                    {{if .State.Health}}h{{else}}none{{end}}   => none
                    {{range .Names}}<{{.}}>{{end}}   => <b><a>
                    {{range $i, $n := .Names}}{{$i}}={{$n}};{{end}}   => 0=b;1=a;
                    {{range $k, $v := .NetworkSettings.Networks}}{{$k}}:{{$v.IP}} {{$.Name}} {{end}}   => `n1:1.1.1.1 web n2:2.2.2.2 web `
                    {{range .Empty}}x{{else}}empty{{end}}   => empty
                    {{range .Names}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{end}}   => b
                    {{range .Names}}{{.}}{{break}}{{end}}   => b
                    {{with .State}}{{.Pid}}{{end}}{{with .None}}x{{else}}y{{end}}   => 12y
                    {{$x := .Count}}{{$x}}{{if .On}}{{$x = 5}}{{end}}{{$x}}   => 35
                    {{eq .Count 1 2 3}} {{ne .Name "web"}} {{lt 1 2}} {{ge 1.5 2}}   => true false true false
                    {{and .On .Off}} {{or .Off .Name}} {{not .On}}   => false web false
                    {{or .On .Nope}}   => true
                    {{printf "%d|%5d|%-4s|%q|%v|%t|%.2f|%x|%%" 5 6 "a" "b" .Names true 0.5 255}}   => 5|    6|a   |"b"|[b a]|true|0.50|ff|%
                    {{printf "%d" "x"}}   => %!d(string=x)
                    {{printf "%s"}}   => %!s(MISSING)
                    {{print 1 2 "a" "b" 3}}   => 1 2ab3
                    {{- .Name -}}  x   => webx
                    {{/* nothing */}}y   => y
                    {{"q\\"t"}}{{'a'}}   => q"t97
                    {{slice .Name 1 2}}   => e
                    {{define "n"}}<{{.}}>{{end}}{{range .Names}}{{template "n" .}}{{end}}   => <b><a>
                    {{template "late" .State}}{{define "late"}}{{.Pid}} {{$.Status}}{{end}}   => 12 running
                    {{$x := 1}}{{block "b" .Name}}{{$x := .}}{{$x}}{{end}}{{$x}}{{template "b" "again"}}   => web1again
                    {{template "none"}}{{define "none"}}[{{.}}]{{end}}   => [<no value>]
                    {{1_000}} {{0x10}} {{-5}} {{true}}   => 1000 16 -5 true
                    """)
    void render_case_printsAsGoDoes(String template, String expected) throws Exception {
        assertEquals(expected, render(template));
    }

    @Test
    void render_println_endsTheLine() throws Exception {
        assertEquals("a 1\n", render("{{println \"a\" 1}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {{.Name                     | template: :1: unclosed action
                    {{nope .Name}}              | template: :1: function "nope" not defined
                    {{if .On}}a                 | template: :1: unexpected EOF
                    {{end}}                     | template: :1: unexpected {{end}}
                    {{$x}}                      | template: :1: undefined variable "$x"
                    {{break}}                   | template: :1: {{break}} outside {{range}}
                    {{}}                        | template: :1: missing value for command
                    {{"a}}                      | template: :1: unterminated quoted string
                    {{(.Name}}                  | template: :1: unclosed left paren
                    {{define x}}{{end}}         | template: :1: unexpected "x" in define clause
                    {{define "x"}}a             | template: :1: unexpected EOF
                    {{define "x"}}a{{else}}b{{end}} | template: :1: unexpected {{else}} in define clause
                    {{if .On}}{{define "x"}}{{end}}{{end}} | template: :1: unexpected <define> in command
                    {{block "x"}}{{end}}        | template: :1: missing value for block clause
                    {{$x := 1}}{{define "y"}}{{$x}}{{end}} | template: :1: undefined variable "$x"
                    {{range .Names}}{{block "z" .}}{{break}}{{end}}{{end}} | template: :1: {{break}} outside {{range}}
                    """)
    void parse_badTemplate_saysWhy(String template, String message) {
        TemplateError error = assertThrows(TemplateError.class, () -> Template.parse(template));
        assertEquals(message, error.message());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {{.Nope}}               | template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"
                    {{.State.Nope}}         | template: :1:8: executing "" at <.State.Nope>: map has no entry for key "Nope"
                    {{.Name.X}}             | template: :1:7: executing "" at <.Name.X>: can't evaluate field X in type string
                    {{index .Names 5}}      | template: :1:2: executing "" at <index .Names 5>: error calling index: index out of range: 5
                    {{len 5}}               | template: :1:2: executing "" at <len 5>: error calling len: len of type int
                    {{lt "a" 1}}            | template: :1:2: executing "" at <lt "a" 1>: error calling lt: incompatible types for comparison
                    {{template "no" .Name}} | template: :1:11: executing "" at <{{template "no" .Name}}>: template "no" not defined
                    {{upper 5}}             | template: :1:2: executing "" at <upper 5>: error calling upper: expected string; found 5
                    """)
    void render_impossible_namesThePlace(String template, String message) {
        TemplateError error = assertThrows(TemplateError.class, () -> render(template));
        assertEquals(message, error.message());
    }

    @Test
    void render_templateThatCallsItself_ends() throws Exception {
        TemplateError error = assertThrows(
                TemplateError.class, () -> render("{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}"));
        assertTrue(error.message().endsWith("exceeded maximum template depth (200)"), error.message());
    }

    @Test
    void parse_nestedTooDeeply_isRefused() {
        String template = "{{" + "(".repeat(5000) + "1" + ")".repeat(5000) + "}}";
        assertThrows(TemplateError.class, () -> Template.parse(template));
    }

    @Test
    void render_fieldSource_computesFieldsAndCalls() throws TemplateError {
        FieldSource source = new FieldSource() {
            @Override
            public Object field(String name) {
                return name.equals("ID") ? "1" : NO_FIELD;
            }

            @Override
            public Object field(String name, List<@Nullable Object> arguments) {
                return name.equals("Label") ? "label " + arguments.getFirst() : NO_FIELD;
            }

            @Override
            public List<String> fieldNames() {
                return List.of("ID");
            }
        };
        StringBuilder out = new StringBuilder();
        Template.parse("{{.ID}} {{.Label \"x\"}} {{json .}}").render(out, source);
        assertEquals("1 label x {\"ID\":\"1\"}", out.toString());
        assertThrows(TemplateError.class, () -> Template.parse("{{.No}}").render(new StringBuilder(), source));
    }

    @Test
    void renderTitles_functions_leaveTitlesAlone() throws TemplateError {
        FieldSource titles = new FieldSource() {
            @Override
            public Object field(String name) {
                return name + " title";
            }

            @Override
            public List<String> fieldNames() {
                return List.of();
            }
        };
        StringBuilder out = new StringBuilder();
        Template.parse("{{upper .A}}|{{truncate .B 1}}|{{.C | json}}").renderTitles(out, titles);
        assertEquals("A title|B title|C title", out.toString());
    }
}
