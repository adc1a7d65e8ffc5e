using System.Diagnostics;
using System.Globalization;
using System.Text;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests;

/// <summary>An acknowledged write survives kill -9 at any moment, and nothing half-done is left.</summary>
public sealed class SqliteKillTests : IDisposable
{
    private const int Kills = 8;
    private readonly string _directory = Directory.CreateTempSubdirectory("store-kill-").FullName;

    private string Database => Path.Combine(_directory, "store.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Every_acknowledged_write_is_there_after_a_kill()
    {
        var random = new Random(20);
        var acknowledged = new Dictionary<int, (int Count, long Revision)>();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await WriteAndKillAsync(random.Next(1, 3000), acknowledged);
            await AssertIntactAsync(acknowledged);
        }

        Assert.Equal(KilledWriter.Writers, acknowledged.Count);
    }

    private async Task WriteAndKillAsync(int afterLines, Dictionary<int, (int Count, long Revision)> acknowledged)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { "exec", typeof(KilledWriter).Assembly.Location, Database })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var lines = 0;
        foreach (var line in await LinesAsync(process.StandardOutput, () => ++lines == afterLines, process.Kill))
        {
            var numbers = line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            acknowledged[(int)numbers[0]] = ((int)numbers[1], numbers[2]);
        }

        await process.WaitForExitAsync();
        Assert.Equal(128 + 9, process.ExitCode);
    }

    // Whole lines until the end of the stream; the kill may have cut the last one.
    private static async Task<List<string>> LinesAsync(StreamReader output, Func<bool> isEnough, Action kill)
    {
        var text = new StringBuilder();
        var buffer = new char[64];
        int read;
        while ((read = await output.ReadAsync(buffer)) > 0)
        {
            text.Append(buffer, 0, read);
            if (buffer.AsSpan(0, read).Count('\n') is var lines && Enumerable.Range(0, lines).Any(_ => isEnough()))
            {
                kill();
            }
        }

        return [.. text.ToString().Split('\n')[..^1]];
    }

    private async Task AssertIntactAsync(Dictionary<int, (int Count, long Revision)> acknowledged)
    {
        await using (var store = await SqliteObjectStore.OpenAsync(new() { Path = Database }, TimeProvider.System, CancellationToken.None))
        {
            foreach (var (writer, (count, revision)) in acknowledged)
            {
                var left = (await store.GetAsync(KilledWriter.LeftKey(writer), CancellationToken.None))!;
                var right = (await store.GetAsync(KilledWriter.RightKey(writer), CancellationToken.None))!;
                var stored = int.Parse(Encoding.UTF8.GetString(left.Value.Span[..10]), CultureInfo.InvariantCulture);
                Assert.Equal(left.Value.ToArray(), right.Value.ToArray());
                Assert.Equal(left.Revision, right.Revision);
                Assert.Equal(stored % 2 == 0 ? left.Revision : null, (await store.GetAsync(KilledWriter.EvenKey(writer), CancellationToken.None))?.Revision);

                // The last acknowledged, or the one after it, whose acknowledgement the kill cut off.
                Assert.InRange(stored, count, count + 1);
                Assert.True(stored == count ? left.Revision == revision : left.Revision > revision);
            }

            Assert.Equal(store.Revision, (await store.ListAsync("", CancellationToken.None)).Items.Max(entry => entry.Revision));
        }

        using var connection = new SqliteConnection(Database);
        using var check = connection.Prepare("PRAGMA integrity_check");
        Assert.True(check.Step());
        Assert.Equal("ok", check.Text(0));
    }
}
