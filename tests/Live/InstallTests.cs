using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Orchestrator.Testing;

namespace Orchestrator.Live;

/// <summary><c>install.sh</c> as an operator uses it, everything below a folder of its own: no place of the machine itself is touched.</summary>
[Collection(nameof(LibvirtHosts))]
public sealed class InstallTests(LibvirtHosts hosts) : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("install-test-").FullName;
    private readonly CancellationTokenSource _stop = new(Patience);
    private readonly HttpClient _http = new() { BaseAddress = new($"http://127.0.0.1:{FreePort()}") };
    private readonly string _domain = $"install-{Guid.NewGuid():N}"[..20];

    private string Repository => Path.GetFullPath(Path.Combine(hosts.Bed.Paths.Scripts, "../.."));

    private string Root => Path.Combine(_folder, "root");

    private string Log => Path.Combine(Root, "var/log/orchestrator.log");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await InstallAsync("--uninstall");

    public void Dispose()
    {
        _http.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_virtual_machine_lives_through_an_update_a_crash_of_the_server_and_its_removal()
    {
        string[] files = [Write("pms", hosts.Host.Name), Write("images", """{"images": []}"""), Write("flavors", "{'types': [{'tid': 7, 'cpu': 1, 'ram': 128, 'disk': 1}]}")];
        var first = (await InstallAsync(files)).OutputOrThrow();
        Assert.Contains($"{hosts.Host.Name}: Ready", first, StringComparison.Ordinal);
        Assert.Contains(_http.BaseAddress!.OriginalString, first, StringComparison.Ordinal);
        var vm = await CallAsync($"/vm/create?name={_domain}&instance_type=7");
        Assert.True(vm["vmid"]!.GetValue<int>() > 0, vm.ToJsonString() + ReadLog());
        var process = await ProcessOfDomainAsync();

        var again = (await InstallAsync(files)).OutputOrThrow();
        Assert.Contains("runs already", again, StringComparison.Ordinal);
        Assert.Equal(process, await ProcessOfDomainAsync());

        await CrashServerAsync();
        await WaitAsync(async () => (await CallAsync("/pm/list"))["pmids"]!.AsArray().Count == 1);
        (await InstallAsync()).OutputOrThrow();
        Assert.Single((await CallAsync("/pm/list"))["pmids"]!.AsArray());

        var removed = (await InstallAsync("--uninstall")).OutputOrThrow();
        Assert.Contains("Left as they are", removed, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync("/pm/list"));
        Assert.False(Path.Exists(Path.Combine(Root, "usr/local/bin/orchestrator")));
        Assert.True(File.Exists(Path.Combine(Root, "var/lib/orchestrator/orchestrator.db")));
        Assert.Equal(process, await ProcessOfDomainAsync());

        (await InstallAsync()).OutputOrThrow();
        Assert.Equal(1, (await CallAsync($"/vm/destroy?vmid={vm["vmid"]}"))["status"]!.GetValue<int>());
        Assert.Equal("", await ProcessOfDomainAsync());
    }

    [Fact]
    public async Task Bad_input_is_told_and_changes_nothing()
    {
        var good = Write("flavors", "{'types': [{'tid': 7, 'cpu': 1, 'ram': 128, 'disk': 1}]}");
        var (pms, images) = (Write("pms", "tb1\nhost with blanks\n"), Write("images", """{"images": []}"""));
        foreach (var (arguments, said) in new (string[], string)[]
        {
            (["--frobnicate"], "--frobnicate"),
            ([pms], "all three"),
            ([pms, images], "all three"),
            ([pms, images, good, good], "all three"),
            (["--uninstall", pms], "takes no files"),
            ([pms, Path.Combine(_folder, "absent"), _folder], "absent: there is no such file"),
            ([pms, images, good], $"{pms}:2: "),
        })
        {
            var result = await InstallAsync(arguments);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains(said, result.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Root), string.Join(' ', arguments));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task<CommandResult> InstallAsync(params string[] arguments) => TestbedCommand.RunAsync(
        "/usr/bin/env",
        [
            $"INSTALL_ROOT={Root}", $"INSTALL_LISTEN={_http.BaseAddress!.OriginalString}", $"INSTALL_BUILD={Path.Combine(Repository, "artifacts/install-test")}",
            Path.Combine(Repository, "install.sh"), .. arguments,
        ],
        _stop.Token);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<JsonNode> CallAsync(string path) => (await _http.GetFromJsonAsync<JsonNode>(path, _stop.Token))!;

    /// <summary>The id of the QEMU process, which a restarted guest would not keep; empty without one.</summary>
    private async Task<string> ProcessOfDomainAsync() =>
        (await hosts.Host.ExecAsync(["pgrep", "-f", $"guest={_domain}"], _stop.Token)).Output.Trim();

    private async Task CrashServerAsync() =>
        (await TestbedCommand.RunAsync("/usr/bin/pkill", ["-KILL", "-f", $"^{Root}/usr/local/bin/orchestrator serve"], _stop.Token)).OutputOrThrow();

    private async Task WaitAsync(Func<Task<bool>> condition)
    {
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_stop.IsCancellationRequested)
            {
                // It is on its way up.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, _stop.Token);
        }
    }

    private string ReadLog() => File.Exists(Log) ? File.ReadAllText(Log) : "";
}
