using System.Globalization;
using System.Net;

namespace Orchestrator.RestGateway.Tests;

public sealed class ListTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await Gateway.StartAsync();
        foreach (var (name, labels) in new[] { ("a", """{"tier":"web","env":"prod"}"""), ("b", """{"tier":"db","env":"test"}"""), ("c", """{"tier":"web"}"""), ("d", "{}") })
        {
            (await _gateway.PostAsync(Gateway.Vms, Gateway.Vm(name, ""","labels":""" + labels))).Expect(HttpStatusCode.Created);
        }

        (await _gateway.PostAsync(Gateway.Root + "/namespaces/other/virtualmachines", Gateway.Vm("a"))).Expect(HttpStatusCode.Created);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("", "a b c d")]
    [InlineData("tier=web", "a c")]
    [InlineData("tier==web", "a c")]
    [InlineData("tier != web", "b d")]
    [InlineData("tier in (web, db)", "a b c")]
    [InlineData("tier notin (db)", "a c d")]
    [InlineData("env", "a b")]
    [InlineData("!env", "c d")]
    [InlineData("tier=web,env", "a")]
    [InlineData("tier in (web),env notin (test),!x", "a c")]
    [InlineData("tier=", "")]
    public async Task Label_selectors_select(string selector, string expected) => Assert.Equal(expected, await NamesAsync("labelSelector=" + Uri.EscapeDataString(selector)));

    [Theory]
    [InlineData("metadata.name=b", "b")]
    [InlineData("metadata.name==b", "b")]
    [InlineData("metadata.name!=b", "a c d")]
    [InlineData("metadata.name=b,metadata.namespace=default", "b")]
    [InlineData("metadata.namespace=other", "")]
    [InlineData("metadata.name=", "")]
    public async Task Field_selectors_select(string selector, string expected) => Assert.Equal(expected, await NamesAsync("fieldSelector=" + Uri.EscapeDataString(selector)));

    [Theory]
    [InlineData("labelSelector", "a=b,")]
    [InlineData("labelSelector", "a in b")]
    [InlineData("labelSelector", "a in (b")]
    [InlineData("labelSelector", "=b")]
    [InlineData("labelSelector", "a=b=c")]
    [InlineData("labelSelector", "a<b")]
    [InlineData("labelSelector", "\u0000")]
    [InlineData("fieldSelector", "spec.cpu=1")]
    [InlineData("fieldSelector", "metadata.name")]
    [InlineData("limit", "-1")]
    [InlineData("limit", "x")]
    [InlineData("continue", "x")]
    [InlineData("continue", "99999999:x")]
    public async Task Nonsense_is_a_bad_request(string parameter, string value) =>
        (await _gateway.GetAsync($"{Gateway.Vms}?{parameter}={Uri.EscapeDataString(value)}")).ExpectFailure(400, "BadRequest");

    [Theory]
    [InlineData("")]
    [InlineData("&labelSelector=tier")]
    public async Task Pages_show_one_revision_whatever_happens_between(string more)
    {
        var names = new List<string>();
        var next = "";
        do
        {
            var page = (await _gateway.GetAsync($"{Gateway.Vms}?limit=1{more}{next}")).Expect(HttpStatusCode.OK).Json;
            names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
            next = (string?)page["metadata"]!["continue"] is { } token ? "&continue=" + Uri.EscapeDataString(token) : "";
            await _gateway.PostAsync(Gateway.Vms, Gateway.Vm(string.Create(CultureInfo.InvariantCulture, $"z{names.Count}"), ""","labels":{"tier":"x"}"""));
        }
        while (next.Length > 0);
        Assert.Equal(more.Length == 0 ? "a b c d" : "a b c", string.Join(' ', names));
    }

    [Fact]
    public async Task All_namespaces_list_together() =>
        Assert.Equal(5, (await _gateway.GetAsync(Gateway.Root + "/virtualmachines")).Json["items"]!.AsArray().Count);

    private async Task<string> NamesAsync(string query) =>
        string.Join(' ', (await _gateway.GetAsync($"{Gateway.Vms}?{query}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(item => item!["metadata"]!["name"]));
}
