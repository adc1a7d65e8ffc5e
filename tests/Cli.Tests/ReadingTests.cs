using System.Text.Json;

namespace Orchestrator.Cli.Tests;

public sealed class ReadingTests : IAsyncLifetime
{
    private World _world = null!;

    public async Task InitializeAsync() => _world = await Fixtures.FleetAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public Task Vms_are_listed() => WritesAsync(
        """
        NAME   ID  PHASE    HOST  TYPE   IMAGE   AGE  WHY
        web-1  1   Running  pm1   small  debian  5m
        web-2  2   Pending  -     small  debian  5m   Unschedulable
        """,
        "vm", "list");

    [Fact]
    public Task Vms_of_all_namespaces_are_listed() => WritesAsync(
        """
        NAMESPACE  NAME   ID  PHASE    HOST  TYPE   IMAGE   AGE  WHY
        default    web-1  1   Running  pm1   small  debian  5m
        default    web-2  2   Pending  -     small  debian  5m   Unschedulable
        lab        shop   3   Pending  -     small  debian  5m
        """,
        "vm", "list", "-A");

    [Fact]
    public Task Vms_of_a_namespace_are_named() => WritesAsync("virtualmachine.orchestrator.vm/shop", "vm", "list", "-n", "lab", "-o", "name");

    [Fact]
    public Task A_vm_is_shown_with_its_conditions() => WritesAsync(
        """
        Name:          web-1
        Namespace:     default
        Id:            1
        Uid:           UID
        Age:           5m
        Phase:         Running
        Host:          pm1
        Type:          small
        Image:         debian
        Run strategy:  Always
        Size:          cpu 1, memory 512Mi, disk 10Gi
        Root disk:     vm-web-1.qcow2 on image-debian

        CONDITION  STATUS  REASON   SINCE  MESSAGE
        Ready      True    Running  5m     runs on pm1
        """,
        "vm", "show", "web-1");

    [Fact]
    public Task Pms_are_listed_with_what_is_free() => WritesAsync(
        """
        NAME  ID  PHASE        CORDONED  VMS  CPU FREE  MEMORY FREE   DISK FREE    HYPERVISOR  AGE  URI
        pm1   1   Ready        no        1    6/8       14848Mi/16Gi  190Gi/200Gi  kvm         5m   qemu+ssh://root@pm1/system
        pm2   2   Unreachable  yes       0    -         -             -            -           5m   qemu+ssh://root@pm2/system
        """,
        "pm", "list");

    [Fact]
    public Task A_pm_is_shown_with_what_else_runs_there() => WritesAsync(
        """
        Name:             pm1
        Id:               1
        Uid:              UID
        Age:              5m
        Phase:            Ready
        URI:              qemu+ssh://root@pm1/system
        Storage:          /var/lib/libvirt/orchestrator
        Hostname:         rack-1
        Architecture:     x86_64
        CPU model:        EPYC
        Capacity:         cpu 8, memory 16Gi, disk 200Gi
        Foreign:          cpu 1, memory 1Gi, disk 0
        Hypervisors:      kvm, qemu
        Libvirt:          9.0.0
        Version:          QEMU 7.2.0
        Foreign domains:  legacy

        CONDITION  STATUS  REASON  SINCE  MESSAGE
        Ready      True    Ready   5m     connected and usable
        """,
        "pm", "show", "pm1");

    [Fact]
    public Task Images_are_listed() => WritesAsync(
        """
        NAME    ID  PHASE  FORMAT  DISK  AGE  SOURCE
        debian  1   Ready  qcow2   2Gi   5m   /images/debian.qcow2
        """,
        "image", "list");

    [Fact]
    public Task Types_are_listed() => WritesAsync(
        """
        NAME   ID  CPU  MEMORY  DISK  AGE
        small  1   1    512Mi   10Gi  5m
        """,
        "type", "list");

    [Fact]
    public Task Events_are_listed_oldest_first() => WritesAsync(
        """
        LAST SEEN  TYPE     REASON       OBJECT                COUNT  MESSAGE
        5m         Warning  Unreachable  physicalmachine/pm2   1      no route to host
        5m         Normal   Started      virtualmachine/web-1  1      > start   web-1 on pm1 (new)
        """,
        "events");

    [Theory]
    [InlineData("vm/web-1", "event/web-1.a")]
    [InlineData("VirtualMachine/web-1", "event/web-1.a")]
    [InlineData("pm/pm2", "event/pm2.b")]
    public Task Events_about_one_object(string target, string expected) => WritesAsync(expected, "events", "--for", target, "-n", "default", "-o", "name");

    [Theory]
    [InlineData("vm", "list")]
    [InlineData("pm", "list")]
    [InlineData("image", "list")]
    [InlineData("type", "list")]
    [InlineData("events")]
    [InlineData("vm", "show", "web-1")]
    [InlineData("pm", "show", "pm1")]
    public async Task Json_is_the_servers_own(params string[] command)
    {
        var run = await _world.RunAsync([.. command, "-o", "json"]);

        Assert.Equal(0, run.Code);
        var json = JsonElement.Parse(run.Out);
        var items = json.TryGetProperty("items", out var list) ? list.EnumerateArray().ToList() : [json];
        Assert.NotEmpty(items);
        Assert.All(items, item => Assert.NotEmpty(item.GetProperty("metadata").GetProperty("uid").GetString()!));
    }

    [Fact]
    public async Task An_empty_list_says_so_beside_the_output()
    {
        var run = await _world.RunAsync("vm", "list", "-n", "empty");

        Assert.Equal((0, "", "no virtualmachines in namespace empty\n"), (run.Code, run.Out, run.Error));
    }

    private async Task WritesAsync(string expected, params string[] command)
    {
        var run = await _world.RunAsync(command);
        var uid = run.Out.Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))?[4..].Trim();

        Assert.Equal("", run.Error);
        Assert.Equal(expected + "\n", uid is null ? run.Out : run.Out.Replace(uid, "UID", StringComparison.Ordinal));
        Assert.Equal(0, run.Code);
    }
}
