using System.Globalization;
using Orchestrator.Benchmarks.Support;
using Orchestrator.Libvirt;

namespace Orchestrator.Benchmarks;

/// <summary>
/// Rounds of create until running, in each: plain libvirt by our client, plain libvirt by virsh, ours; each is removed before the next. Ours
/// is from the POST's first byte until a client's watch says Running; by the seed API, until <c>/vm/create</c> answers. A relay in the
/// server's connection tells how long libvirt itself took for what every create needs (volume, define, start): the rest is ours. On a
/// busy machine that difference within one create says more than that between neighbours.
/// </summary>
internal sealed class CreateRounds(BenchServer server, CountingRelay relay, RawHost raw, Virsh virsh, bool disk)
{
    private const string Type = "bench";

    public Times Raw { get; } = new($"libvirt define+create{(disk ? " and volume" : "")}, our client");

    public Times ByVirsh { get; } = new($"libvirt define+create{(disk ? " and volume" : "")}, virsh");

    public Times Ours { get; } = new($"ours, POST until Running{(disk ? ", with a disk" : "")}");

    public Times Accepted { get; } = new("  of which until the POST is answered");

    public Times Needed { get; } = new("  of which libvirt's own: volume, define, start");

    public Times Own { get; } = new("  of which ours: all the rest");

    public Times Seed { get; } = new($"ours, /vm/create until answered{(disk ? ", with a disk" : "")}");

    public static async Task RunAsync(string host, string driver, string path, int rounds, bool withDisk, double target)
    {
        var uri = $"{driver}+ssh://root@{host}/{path}";
        await using var relay = await CountingRelay.StartAsync(host);
        await using var server = await BenchServer.StartAsync();
        await using var raw = await RawHost.ConnectAsync(uri);
        await using var virsh = await Virsh.ConnectAsync(uri);
        await server.AddHostAsync("pm", relay.Uri(driver, path));
        Report.Load("before");
        foreach (var disk in withDisk ? new[] { false, true } : [false])
        {
            await server.PostAsync("instancetypes", null, Objects.Type(TypeName(disk), 1, RawHost.MemoryMiB, disk ? 1 : 0));
            var all = new CreateRounds(server, relay, raw, virsh, disk);
            await all.RoundAsync("warm-up", measured: false);
            for (var round = 0; round < rounds; round++)
            {
                await all.RoundAsync(string.Create(CultureInfo.InvariantCulture, $"bench-{round}"), measured: true);
            }

            Array.ForEach([all.ByVirsh, all.Raw, all.Ours, all.Accepted, all.Needed, all.Own, all.Seed], times => Report.Line($"{times}"));
            Report.Line($"{"ratio of p50, ours to our client's plain calls",-52} {all.Ours.P50 / all.Raw.P50,12:F2}");
            Report.Line($"{"overhead p50, round by round",-52} {all.Ours.Over(all.Raw),12:F1} ms (over virsh {all.Ours.Over(all.ByVirsh):F1} ms)");
            Report.Target("overhead p50, within the create", all.Own.P50, target, "ms");
        }

        if (withDisk)
        {
            await raw.DropPoolAsync();
        }

        Report.Load("after");
    }

    private static string TypeName(bool disk) => disk ? $"{Type}-disk" : Type;

    private async Task RoundAsync(string name, bool measured)
    {
        var times = measured ? this : new CreateRounds(server, relay, raw, virsh, disk);
        await RawAsync($"raw-{name}", times.Raw);
        await VirshAsync($"virsh-{name}", times.ByVirsh);
        await OursAsync(name, times);
        await SeedAsync($"seed-{name}", times);
    }

    private async Task RawAsync(string name, Times times)
    {
        var xml = raw.Definition(name, Guid.NewGuid(), disk);
        var pool = disk ? await raw.PoolAsync() : null;
        VolumeRef? volume = null;
        DomainRef? domain = null;
        await times.MeasureAsync(async () =>
        {
            volume = pool is null ? null : await raw.CreateDiskAsync(pool, name);
            domain = await raw.DefineAndStartAsync(xml);
        });
        await raw.RemoveAsync(domain!);
        if (volume is not null)
        {
            await raw.Connection.DeleteVolumeAsync(volume, VolumeDeleteFlags.None, CancellationToken.None);
        }
    }

    private async Task VirshAsync(string name, Times times)
    {
        var file = Path.GetTempFileName();
        var volumeFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, raw.Definition(name, Guid.NewGuid(), disk));
        await File.WriteAllTextAsync(volumeFile, RawHost.VolumeXml(name));
        var pool = disk ? (await raw.PoolAsync()).Name : null;
        await times.MeasureAsync(() => virsh.RunAsync(
        [
            .. pool is null ? (string[])[] : [$"vol-create {pool} {volumeFile}"],
            $"define {file}",
            $"start {name}",
        ]));
        await virsh.RunAsync([$"destroy {name}", $"undefine {name}", .. pool is null ? (string[])[] : [$"vol-delete {name}.qcow2 {pool}"]]);
        File.Delete(file);
        File.Delete(volumeFile);
    }

    private async Task OursAsync(string name, CreateRounds times)
    {
        relay.Take();
        var took = await times.Ours.MeasureAsync(async () =>
        {
            await times.Accepted.MeasureAsync(() => server.CreateVmAsync(name, TypeName(disk)));
            await server.Watch.UntilAsync(name, "Running");
        });
        var needed = RelayedCall.Pair(relay.Take()).Where(call => Procedures.IsNeeded(call.Procedure)).Sum(call => call.Took);
        times.Needed.Add(needed);
        times.Own.Add(took - needed);
        await server.DeleteVmAsync(name);
        await server.Watch.UntilAsync(name, VmWatch.Gone);
    }

    private async Task SeedAsync(string name, CreateRounds times)
    {
        await times.Seed.MeasureAsync(async () =>
        {
            var answer = await server.Client.GetStringAsync(new Uri($"/vm/create?name={name}&instance_type={TypeName(disk)}", UriKind.Relative));
            if (answer.Contains("\"vmid\":0", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"/vm/create: {answer}");
            }
        });
        await server.Watch.UntilAsync(name, "Running");
        await server.DeleteVmAsync(name);
        await server.Watch.UntilAsync(name, VmWatch.Gone);
    }
}
