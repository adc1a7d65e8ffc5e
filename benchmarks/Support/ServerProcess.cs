using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Orchestrator.Benchmarks.Support;

/// <summary>The server's own executable as a child process. Its heap is asked for through <see cref="HeapReporter"/>.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("orchestrator-bench-");
    private readonly HttpClient _client = new();
    private Process? _process;
    private VmWatch? _watch;

    public VmWatch Watch => _watch!;

    public static async Task<ServerProcess> StartAsync((string Key, string Value)[] environment)
    {
        var server = new ServerProcess();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "orchestrator")) { RedirectStandardOutput = true };
        Array.ForEach(["serve", "--data", server._data.FullName, "--listen", "http://127.0.0.1:0"], start.ArgumentList.Add);
        Array.ForEach(environment, pair => start.Environment[pair.Key] = pair.Value);
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(HeapReporter).Assembly.Location;
        start.Environment[HeapReporter.FileVariable] = server.HeapFile;
        server._process = Process.Start(start)!;
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        server._process.OutputDataReceived += (_, line) =>
        {
            // Not the log, which comes on the same way, but the one line that tells the address.
            if (line.Data?.Split(' ', ',', ';') is ["orchestrator", "listens", "on", var found, ..])
            {
                address.TrySetResult(found);
            }
        };
        server._process.BeginOutputReadLine();
        server._client.BaseAddress = new(await address.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System));
        server._watch = await VmWatch.StartAsync(server._client);
        return server;
    }

    public async Task PostAsync(string path, JsonObject body) =>
        (await _client.PostAsJsonAsync($"{BenchServer.Api}/{path}", body)).EnsureSuccessStatusCode().Dispose();

    public async Task DeleteAsync(string path) =>
        (await _client.DeleteAsync(new Uri($"{BenchServer.Api}/{path}", UriKind.Relative))).EnsureSuccessStatusCode().Dispose();

    public async Task<ProcessMemory> MemoryAsync()
    {
        var status = File.ReadLines($"/proc/{_process!.Id}/status").Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        long Bytes(string key) => long.Parse(status[key].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        File.Delete(HeapFile);
        _ = Kill(_process.Id, HeapReporter.Signal);
        var deadline = Stopwatch.StartNew();
        while (!File.Exists(HeapFile) && deadline.Elapsed < TimeSpan.FromSeconds(5))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        var heap = (await File.ReadAllTextAsync(HeapFile)).Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return new(Bytes("VmRSS"), Bytes("VmHWM"), Bytes("RssAnon"), heap[0], heap[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch!.DisposeAsync();
        _client.Dispose();
        _ = Kill(_process!.Id, (int)PosixSignalNumber.Terminate);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private string HeapFile => Path.Combine(_data.FullName, "heap");

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private enum PosixSignalNumber
    {
        Terminate = 15,
    }
}

/// <summary>What a process uses, in bytes.</summary>
/// <param name="Managed">Objects, with those that no collection has looked at yet.</param>
/// <param name="Committed">What the collector has taken from the system for them.</param>
internal sealed record ProcessMemory(long Resident, long ResidentAtMost, long Anonymous, long Managed, long Committed)
{
    public override string ToString() => FormattableString.Invariant(
        $"resident {Resident / 1e6,6:F1}   at most {ResidentAtMost / 1e6,6:F1}   anonymous {Anonymous / 1e6,6:F1}   managed objects {Managed / 1e6,5:F1}   managed committed {Committed / 1e6,5:F1}");
}
