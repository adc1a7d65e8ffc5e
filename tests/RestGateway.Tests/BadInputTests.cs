using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.RestGateway.Tests;

/// <summary>Whatever is sent: a 4xx that says what is wrong and where, no change, never a 5xx.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const string Web = Gateway.Vms + "/web-1";
    private Gateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await Gateway.StartAsync();
        (await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"))).Expect(HttpStatusCode.Created);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("{\"metadata\":{}} {}")]
    [InlineData("{\"metadata\":{\"name\":\"\\ud800\"}}")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("{\"kind\":\"Frob\"}")]
    [InlineData("{\"kind\":[1]}")]
    [InlineData("{\"apiVersion\":\"v2\"}")]
    [InlineData("{\"metadata\":{\"name\":\"a\",\"namespace\":\"other\"},\"spec\":{\"instanceType\":\"x\"}}")]
    public async Task No_object_is_a_bad_request(string body) => await RefusedAsync(400, "BadRequest", body);

    [Fact]
    public async Task Malformed_json_is_told_with_its_place()
    {
        var answer = await RefusedAsync(400, "BadRequest", "{\n  \"metadata\": {\"name\" \"a\"}}");
        Assert.Contains("line 2, position 23", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_utf8_and_endless_depth_are_bad_requests()
    {
        var vm = Encoding.UTF8.GetBytes(Gateway.Vm("abc"));
        vm[vm.AsSpan().IndexOf("abc"u8)] = 0xff;
        await RefusedAsync(400, "BadRequest", vm);
        await RefusedAsync(400, "BadRequest", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        await RefusedAsync(400, "BadRequest", "{\"a\":" + new string('[', 1_000_000));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a"}}""", "spec", "FieldValueRequired")]
    [InlineData("""{"metadata":{"name":"a"},"spec":null}""", "spec", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":[]}""", "spec", "FieldValueInvalid")]
    [InlineData("""{"spec":{"instanceType":"x"}}""", "metadata.name", "FieldValueRequired")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","cpu":"2"}}""", "spec.cpu", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","cpu":1.5}}""", "spec.cpu", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","cpu":-1}}""", "spec.cpu", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","cpu":99999999999999999999}}""", "spec.cpu", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","memory":"12Zi"}}""", "spec.memory", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","memory":"-1Gi"}}""", "spec.memory", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","memory":1e400}}""", "spec.memory", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","runStrategy":"Often"}}""", "spec.runStrategy", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","runStrategy":1}}""", "spec.runStrategy", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","placement":{"tolerations":[{"key":"k"},{"value":"v"}]}}}""", "spec.placement.tolerations[1].key", "FieldValueRequired")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","placement":{"tolerations":[null]}}}""", "spec.placement.tolerations[0]", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a","labels":{"a":1}},"spec":{"instanceType":"x"}}""", "metadata.labels", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a","uid":"x"},"spec":{"instanceType":"x"}}""", "metadata.uid", "FieldValueInvalid")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"},"spec":{"instanceType":"x"}}""", "metadata.resourceVersion", "FieldValueForbidden")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"instanceType":"x","cpu":1,"cpu":2}}""", "spec.cpu", "FieldValueDuplicate")]
    public async Task A_wrong_field_is_named(string body, string field, string reason)
    {
        var answer = await RefusedAsync(422, "Invalid", body);
        var cause = answer.Json["details"]!["causes"]!.AsArray().First(cause => (string?)cause!["field"] == field)!;
        Assert.Equal(reason, (string?)cause["reason"]);
        Assert.Equal("VirtualMachine", (string?)answer.Json["details"]!["kind"]);
    }

    [Fact]
    public async Task All_wrong_fields_are_named_at_once()
    {
        var answer = await RefusedAsync(422, "Invalid", """{"metadata":{"name":"a"},"spec":{"cpu":"x","memory":true,"disk":[],"placement":{"host":1}}}""");
        Assert.Equal(
            "spec.cpu spec.memory spec.disk spec.placement.host",
            string.Join(' ', answer.Json["details"]!["causes"]!.AsArray().Select(cause => cause!["field"])));
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("<b>")]
    [InlineData("a;b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("../b")]
    [InlineData("a/b")]
    [InlineData("-a")]
    [InlineData("ä")]
    [InlineData("a\u202eb")]
    [InlineData("😀")]
    public async Task A_name_that_is_none_is_invalid_everywhere(string name)
    {
        var vm = JsonNode.Parse(Gateway.Vm("x"))!;
        vm["metadata"]!["name"] = name;
        await RefusedAsync(422, "Invalid", vm.ToJsonString());
        var path = $"{Gateway.Vms}/{Uri.EscapeDataString(name)}";
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            var type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
            var answer = await _gateway.SendAsync(method, path, method == HttpMethod.Get ? null : Gateway.Json(method == HttpMethod.Delete ? "" : """{"spec":{"cpu":1,"memory":"1Mi","disk":"0"}}""", type));
            Assert.InRange((int)answer.Code, 400, 499);
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public async Task A_name_that_is_too_long_is_invalid_and_not_repeated(int length)
    {
        var answer = await RefusedAsync(422, "Invalid", Gateway.Vm(new string('a', length)));
        Assert.InRange(answer.Body.Length, 1, 2_000);
    }

    [Fact]
    public async Task Unknown_fields_are_refused_warned_of_or_passed_over_as_asked()
    {
        var body = Gateway.Vm("a").Replace("\"memory\"", "\"memroy\":\"1Gi\",\"memory\"", StringComparison.Ordinal);
        var strict = (await _gateway.PostAsync(Gateway.Vms + "?fieldValidation=Strict", body)).ExpectFailure(400, "BadRequest");
        Assert.Equal(
            "VirtualMachine in version \"v1\" cannot be handled as a VirtualMachine: strict decoding error: unknown field \"spec.memroy\"; did you mean memory?",
            (string?)strict.Json["message"]);
        Assert.Equal("spec.memroy", (string?)strict.Json["details"]!["causes"]![0]!["field"]);

        var warned = (await _gateway.PostAsync(Gateway.Vms, body)).Expect(HttpStatusCode.Created);
        Assert.Equal("299 - \"unknown field \\\"spec.memroy\\\"; did you mean memory?\"", warned.Headers.GetValues("Warning").Single());
        Assert.Null(warned.Json["spec"]!["memroy"]);

        var ignored = (await _gateway.PutAsync(Gateway.Vms + "/a?fieldValidation=Ignore", body)).Expect(HttpStatusCode.OK);
        Assert.False(ignored.Headers.Contains("Warning"));
        (await _gateway.PatchAsync(Gateway.Vms + "/a?fieldValidation=Strict", """{"spec":{"x":1}}""")).ExpectFailure(400, "BadRequest");
        (await _gateway.PostAsync(Gateway.Vms + "?fieldValidation=Often", body)).ExpectFailure(400, "BadRequest");
    }

    [Fact]
    public async Task A_thousand_unknown_fields_with_wild_names_make_a_short_answer()
    {
        var body = JsonNode.Parse(Gateway.Vm("a"))!;
        for (var i = 0; i < 1000; i++)
        {
            body["spec"]![$"\r\nX-Evil: ä😀\"\\{i}{new string('y', 500)}"] = 1;
        }

        var strict = (await _gateway.PostAsync(Gateway.Vms + "?fieldValidation=Strict", body.ToJsonString())).ExpectFailure(400, "BadRequest");
        Assert.InRange(strict.Body.Length, 1, 50_000);
        var warned = (await _gateway.PostAsync(Gateway.Vms, body.ToJsonString())).Expect(HttpStatusCode.Created);
        Assert.False(warned.Headers.Contains("X-Evil"));
    }

    [Theory]
    [InlineData("POST", "text/plain", 415)]
    [InlineData("POST", "application/yaml", 415)]
    [InlineData("POST", "application/x-www-form-urlencoded", 415)]
    [InlineData("POST", "nonsense", 415)]
    [InlineData("POST", "application/json; charset=utf-8", 201)]
    [InlineData("POST", null, 201)]
    [InlineData("PATCH", "application/json", 415)]
    [InlineData("PATCH", "application/json-patch+json", 415)]
    [InlineData("PATCH", "application/strategic-merge-patch+json", 415)]
    [InlineData("PATCH", null, 415)]
    public async Task Media_types_are_kept_apart(string method, string? type, int code)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Gateway.Vm(method == "POST" ? "a" : "web-1")));
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        (await _gateway.SendAsync(new(method), method == "POST" ? Gateway.Vms : Web, content)).Expect((HttpStatusCode)code);
    }

    [Fact]
    public async Task What_is_too_large_is_413()
    {
        await RefusedAsync(413, "RequestEntityTooLarge", new byte[(3 * 1024 * 1024) + 1]);
        var large = JsonNode.Parse(Gateway.Vm("a"))!;
        large["spec"]!["placement"] = new JsonObject { ["policy"] = new string('x', 2_000_000) };
        await RefusedAsync(413, "RequestEntityTooLarge", large.ToJsonString());
        await RefusedAsync(422, "Invalid", Gateway.Vm("a", $$""","annotations":{"a":"{{new string('x', 300_000)}}"}"""));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"spec\":null}")]
    [InlineData("{\"spec\":{\"cpu\":null}}")]
    [InlineData("{\"spec\":{\"cpu\":1,\"cpu\":2}}")]
    [InlineData("{\"metadata\":{\"name\":\"other\"}}")]
    [InlineData("{\"metadata\":{\"namespace\":\"other\"}}")]
    [InlineData("{\"metadata\":{\"uid\":\"00000000-0000-0000-0000-000000000001\"}}")]
    [InlineData("{\"metadata\":7}")]
    [InlineData("{\"kind\":\"Other\"}")]
    [InlineData("{\"spec\":{\"image\":\"other\"}}")]
    public async Task Patches_to_nonsense_change_nothing(string patch)
    {
        var revision = _gateway.Store.Revision;
        Assert.InRange((int)(await _gateway.PatchAsync(Web, patch)).Code, 400, 499);
        Assert.Equal(revision, _gateway.Store.Revision);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"gracePeriodSeconds\":-1}")]
    [InlineData("{\"gracePeriodSeconds\":\"x\"}")]
    [InlineData("{\"preconditions\":{\"uid\":\"x\"}}")]
    public async Task Nonsense_deletes_nothing(string body)
    {
        var revision = _gateway.Store.Revision;
        Assert.InRange((int)(await _gateway.DeleteAsync(Web, body)).Code, 400, 499);
        Assert.Equal(revision, _gateway.Store.Revision);
    }

    [Fact]
    public void Ten_thousand_bad_bodies_do_no_harm()
    {
        var valid = Gateway.Vm("gen", ""","labels":{"a":"b"},"annotations":{"c":"d"},"finalizers":["x/y"]""")
            .Replace("\"cpu\":1", "\"cpu\":1,\"placement\":{\"tolerations\":[{\"key\":\"k\"}]},\"runStrategy\":\"Always\"", StringComparison.Ordinal);
        var bodies = BadBodies.From(valid);
        var property = Prop.ForAll(bodies.ArrayOf(50).ToArbitrary(), bodies50 => bodies50.Chunk(10).All(chunk => HarmlessAsync(chunk).GetAwaiter().GetResult()));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true), property);
    }

    private async Task<bool> HarmlessAsync(byte[][] bodies)
    {
        foreach (var body in bodies)
        {
            foreach (var (method, path, type) in new[] { (HttpMethod.Post, Gateway.Vms, "application/json"), (HttpMethod.Patch, Web, "application/merge-patch+json") })
            {
                var before = _gateway.Store.Revision;
                var answer = await _gateway.SendAsync(method, path, new ByteArrayContent(body) { Headers = { ContentType = new(type) } });
                var code = (int)answer.Code;
                Assert.True(code < 500, answer.Text);
                Assert.True(code < 400 || before == _gateway.Store.Revision, "a refused request changed something");
                _ = answer.Json;
            }
        }

        return true;
    }

    private Task<Answer> RefusedAsync(int code, string reason, string body) => RefusedAsync(code, reason, Encoding.UTF8.GetBytes(body));

    private async Task<Answer> RefusedAsync(int code, string reason, byte[] body)
    {
        var revision = _gateway.Store.Revision;
        var answer = (await _gateway.SendAsync(HttpMethod.Post, Gateway.Vms, new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } })).ExpectFailure(code, reason);
        Assert.Equal(revision, _gateway.Store.Revision);
        return answer;
    }
}
