using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orchestrator.Serving;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Commands;

/// <summary><c>orchestrator serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeCommand
{
    private const string DefaultConfiguration = "/etc/orchestrator/orchestrator.json";

    public static Command Create()
    {
        var configuration = new Option<string>("--config") { Description = $"Configuration file (JSON); by default {DefaultConfiguration} if it is there." };
        var data = new Option<string>("--data") { Description = "Folder of the database; by default /var/lib/orchestrator." };
        var specs = new Option<string>("--specs") { Description = "Folder that YAML specs are read from; by default DATA/specs." };
        var listen = new Option<string>("--listen") { Description = "Address to listen on; by default http://127.0.0.1:8080." };
        var check = new Option<bool>("--check") { Description = "Only say what is wrong with the configuration, or what it comes to; run nothing." };
        var command = new Command("serve", "Run the server: REST gateway, reconciler and specs folder.") { configuration, data, specs, listen, check };
        command.SetAction(async (parsed, stop) =>
        {
            var flags = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var option in new[] { data, specs, listen })
            {
                if (parsed.GetValue(option) is { } value)
                {
                    flags[option.Name[2..]] = option == listen ? value : Path.GetFullPath(value);
                }
            }

            return await RunAsync(parsed.GetValue(configuration), flags, parsed.GetValue(check), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(string? file, IReadOnlyDictionary<string, string?> flags, bool checkOnly, CancellationToken stop)
    {
        ServerOptions options;
        try
        {
            options = new ConfigurationBuilder()
                .AddJsonFile(file is null ? DefaultConfiguration : Path.GetFullPath(file), optional: file is null)
                .AddEnvironmentVariables("ORCHESTRATOR_")
                .AddInMemoryCollection(flags)
                .Build()
                .Get<ServerOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or FormatException or FileNotFoundException or InvalidDataException)
        {
            return Refuse([$"configuration: {wrong.Message}{(wrong.InnerException is { } inner ? $" ({inner.Message})" : "")}"]);
        }

        if (options.Problems().ToList() is { Count: > 0 } problems)
        {
            return Refuse(problems);
        }

        if (checkOnly)
        {
            Console.WriteLine($"listen {options.Listen}\ndata {options.Data}\nspecs {options.SpecsFolder}");
            return 0;
        }

        Directory.CreateDirectory(options.SpecsFolder);
        SqliteObjectStore store;
        try
        {
            store = await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(options.Data, "orchestrator.db") }, TimeProvider.System, stop);
        }
        catch (StorageException failure)
        {
            return Refuse([failure.Message]);
        }

        await using (store)
        {
            await using var app = Server.Build(options, store, TimeProvider.System);
            try
            {
                await app.StartAsync(stop);
            }
            catch (IOException taken)
            {
                return Refuse([$"{options.Listen}: {taken.Message}"]);
            }

            Console.WriteLine($"orchestrator listens on {string.Join(", ", app.Urls)}; database {options.Data}, specs {options.SpecsFolder}, cluster {store.ClusterId}");
            await app.WaitForShutdownAsync(stop);
            return 0;
        }
    }

    private static int Refuse(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"orchestrator: {problem}");
        }

        return 2;
    }
}
