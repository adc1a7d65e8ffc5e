using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Benchmarks;

/// <summary>Durable writes beside raw SQLite on the same disk in the same run; open time and memory with 100,000 objects.</summary>
internal static class StorageBenchmark
{
    private const int Objects = 100_000;
    private const int Clients = 64;
    private const int Rounds = 3;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(string[] arguments)
    {
        var directory = Directory.CreateTempSubdirectory("storage-bench-").FullName;
        try
        {
            Print("write 4 KiB + fsync", await FsyncAsync(directory));
            for (var round = 1; round <= Rounds; round++)
            {
                Console.WriteLine(FormattableString.Invariant($"round {round}, values of {Value(0).Length} bytes"));
                await RoundAsync(Path.Combine(directory, round.ToString(CultureInfo.InvariantCulture)));
            }

            await FillAsync(Path.Combine(directory, "full.db"));
            await InOwnProcessAsync("storage-open", Path.Combine(directory, "full.db"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public static async Task OpenAsync(string[] arguments)
    {
        var process = Process.GetCurrentProcess();
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        var resident = process.WorkingSet64;
        var start = Stopwatch.GetTimestamp();
        await using var store = await OpenStoreAsync(arguments[0]);
        var opened = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        var residentOpened = process.WorkingSet64;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        process.Refresh();
        Console.WriteLine(FormattableString.Invariant(
            $"open with {Objects} objects: {opened.TotalMilliseconds:F0} ms; managed +{Mega(GC.GetTotalMemory(true) - managed)} MB, resident +{Mega(residentOpened - resident)} MB right after, +{Mega(process.WorkingSet64 - resident)} MB after a collection"));
        start = Stopwatch.GetTimestamp();
        var listing = await store.ListAsync("", CancellationToken.None);
        var listed = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        var bytes = listing.Items.Sum(entry => (long)entry.Value.Length);
        Console.WriteLine(FormattableString.Invariant(
            $"list all: {listed.TotalMilliseconds:F1} ms; look at all {Mega(bytes)} MB of values: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms"));
    }

    private static async Task RoundAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        var rawOne = await RawAsync(Path.Combine(directory, "raw1.db"), 1);
        Print("raw SQLite, 1 write per transaction", rawOne);
        var one = await StoreAsync(Path.Combine(directory, "store1.db"), 1);
        Print("store, 1 client", one);
        var rawMany = await RawAsync(Path.Combine(directory, "raw64.db"), Clients);
        Print($"raw SQLite, {Clients} writes per transaction", rawMany with { PerSecond = rawMany.PerSecond * Clients });
        var many = await StoreAsync(Path.Combine(directory, "store64.db"), Clients);
        Print($"store, {Clients} clients", many);
        Console.WriteLine(FormattableString.Invariant(
            $"  ratio store/raw: 1 client {one.PerSecond / rawOne.PerSecond:F2}, {Clients} clients {many.PerSecond / (rawMany.PerSecond * Clients):F2}; {Clients} clients over raw unbatched {many.PerSecond / rawOne.PerSecond:F1}"));
    }

    private static async Task<Latencies> FsyncAsync(string directory)
    {
        using SafeFileHandle file = File.OpenHandle(Path.Combine(directory, "fsync"), FileMode.Create, FileAccess.Write);
        var block = new byte[4096];
        var offset = 0L;
        return await Latencies.MeasureAsync(1, TimeSpan.FromSeconds(1), _ =>
        {
            RandomAccess.Write(file, block, offset);
            RandomAccess.FlushToDisk(file);
            offset += block.Length;
            return Task.CompletedTask;
        });
    }

    // The best that SQLite gives to one writer: no checks, no memory, the same pragmas, one table.
    private static async Task<Latencies> RawAsync(string path, int perTransaction)
    {
        using var connection = new SqliteConnection(path);
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA wal_autocheckpoint = 250");
        connection.Execute("CREATE TABLE log (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB NOT NULL)");
        using var begin = connection.Prepare("BEGIN IMMEDIATE");
        using var insert = connection.Prepare("INSERT INTO log (key, value) VALUES (?1, ?2)");
        using var commit = connection.Prepare("COMMIT");
        var next = 0;
        return await Latencies.MeasureAsync(1, Length, _ =>
        {
            begin.Run();
            for (var i = 0; i < perTransaction; i++)
            {
                insert.Bind(1, Key(next)).Bind(2, Value(next++)).Run();
            }

            commit.Run();
            return Task.CompletedTask;
        });
    }

    private static async Task<Latencies> StoreAsync(string path, int clients)
    {
        await using var store = await OpenStoreAsync(path);
        var next = 0;
        return await Latencies.MeasureAsync(clients, Length, async client =>
        {
            var number = Interlocked.Increment(ref next);
            var result = await store.CreateAsync(Key(number), Value(number), CancellationToken.None);
            _ = result as CommitResult.Committed ?? throw new InvalidOperationException($"Client {client}: {result}");
        });
    }

    private static async Task FillAsync(string path)
    {
        await using var store = await OpenStoreAsync(path);
        foreach (var some in Enumerable.Range(0, Objects).Chunk(100))
        {
            await store.CommitAsync(new([.. some.Select(number => Operation.Create(Key(number), Value(number)))]), CancellationToken.None);
        }
    }

    private static Task<SqliteObjectStore> OpenStoreAsync(string path) =>
        SqliteObjectStore.OpenAsync(new() { Path = path }, TimeProvider.System, CancellationToken.None);

    private static async Task InOwnProcessAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
    }

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"/orchestrator.vm/virtualmachines/default/web-{number:D6}");

    // The shape and size of a VirtualMachine as it is stored.
    private static byte[] Value(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
        {"apiVersion":"orchestrator.vm/v1","kind":"VirtualMachine","metadata":{"name":"web-{{{number:D6}}}","namespace":"default","uid":"{{{new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}}}","generation":{{{number % 7}}},"creationTimestamp":"2026-01-01T00:00:{{{number % 60:D2}}}Z","labels":{"app":"web","tier":"front","team":"team-{{{number % 13}}}"},"annotations":{"orchestrator.vm/owner":"user-{{{number % 101}}}@example.org"},"finalizers":["orchestrator.vm/domain"]},"spec":{"instanceType":"small","image":"debian-12","runStrategy":"Always","placement":{"policy":"spread","antiAffinity":["app=web"]},"networks":[{"name":"default","mac":"52:54:00:{{{number % 251:x2}}}:{{{number % 241:x2}}}:{{{number % 239:x2}}}"}],"disks":[{"name":"root","size":"10Gi","storageClass":"local"}],"cloudInit":{"userData":"#cloud-config\nusers:\n- name: debian\n  ssh_authorized_keys:\n  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{{{number * 7919L:x12}}}{{{number * 104729L:x12}}}{{{number * 1299709L:x12}}} user@example\nruncmd:\n- [sh, -c, 'echo READY > /dev/console']\nwrite_files:\n- path: /etc/motd\n  content: This machine is number {{{number}}} of its kind and is kept by a reconciler.\n"},"resources":{"cpu":2,"memory":"2Gi","overcommit":{"cpu":4,"memory":1}},"lifecycle":{"gracefulShutdownSeconds":60,"onCrash":"Restart"}},"status":{"id":{{{number}}},"phase":"Running","host":"pm-{{{number % 97}}}","observedGeneration":{{{number % 7}}},"conditions":[{"type":"Ready","status":"True","reason":"Running","message":"The domain runs on pm-{{{number % 97}}}.","lastTransitionTime":"2026-01-01T00:01:{{{number % 60:D2}}}Z"},{"type":"Placed","status":"True","reason":"Scheduled","message":"Chosen among 97 hosts by policy spread.","lastTransitionTime":"2026-01-01T00:00:{{{number % 60:D2}}}Z"}],"addresses":["10.{{{number % 256}}}.{{{number / 256 % 256}}}.{{{number % 254}}}"]}}
        """));

    private static long Mega(long bytes) => bytes / 1_000_000;

    private static void Print(string what, Latencies measured) => Console.WriteLine($"  {what,-42} {measured}");
}
