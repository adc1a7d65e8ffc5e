using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Testing;

/// <summary>
/// The built server as a process of its own, with a data folder of its own and a loopback port that it keeps over restarts.
/// What it prints is collected over all its lives.
/// </summary>
/// <remarks>The project that uses it references the Orchestrator project, whose executable then lies beside the tests.</remarks>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly StringBuilder _log = new();
    private readonly IReadOnlyDictionary<string, string> _settings;
    private Process? _process;

    /// <param name="settings">Environment variables, such as <c>ORCHESTRATOR_Reconciler__SweepSeconds</c>.</param>
    public ServerProcess(IReadOnlyDictionary<string, string> settings)
    {
        _settings = settings;
        Folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;
        Directory.CreateDirectory(Specs);
        Directory.CreateDirectory(Sockets);
        Address = new($"http://127.0.0.1:{FreePort()}");
        Client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(3) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public string Data => Path.Combine(Folder, "data");

    public string Specs => Path.Combine(Folder, "specs");

    /// <summary>The server's TMPDIR: the names of its ssh forwards begin with it.</summary>
    public string Sockets => Path.Combine(Folder, "tmp");

    /// <summary>Everything it printed so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    private string Folder { get; }

    private static string Executable => Path.Combine(AppContext.BaseDirectory, "orchestrator");

    /// <summary>Runs <c>orchestrator import</c> on the three files, given as text.</summary>
    /// <exception cref="InvalidOperationException">It found them wrong.</exception>
    public async Task ImportAsync(string machines, string images, string types)
    {
        List<string> arguments = ["import", "--specs", Specs];
        foreach (var (name, text) in new[] { ("pm_file", machines), ("image_file", images), ("flavor_file", types) })
        {
            var path = Path.Combine(Folder, name);
            await File.WriteAllTextAsync(path, text).ConfigureAwait(false);
            arguments.Add(path);
        }

        (await TestbedCommand.RunAsync(Executable, arguments, CancellationToken.None).ConfigureAwait(false)).OutputOrThrow();
    }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message has its log.</exception>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Executable, ["serve", "--data", Data, "--specs", Specs, "--listen", Address.ToString().TrimEnd('/')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = Sockets;
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Executable} did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.HoldsAsync("the server answers", IsReadyAsync, Patience).ConfigureAwait(false);
    }

    /// <summary>kill -9. Its children are left to notice for themselves, as they would have to.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>SIGTERM, as a service manager would.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public async Task<int> StopAsync()
    {
        var pid = _process!.Id.ToString(CultureInfo.InvariantCulture);
        (await TestbedCommand.RunAsync("kill", ["-TERM", pid], CancellationToken.None).ConfigureAwait(false)).OutputOrThrow();
        return await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Kills it if it still runs, and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync().ConfigureAwait(false);
        }

        Client.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<int> EndAsync()
    {
        using var process = _process!;
        await process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        _process = null;
        return process.ExitCode;
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"The server ended with exit code {_process.ExitCode}.\n{Log}");
        }

        try
        {
            using var answer = await Client.GetAsync(new Uri("/readyz", UriKind.Relative)).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.AppendLine(line);
            }
        }
    }
}
