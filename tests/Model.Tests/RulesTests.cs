using System.Text;

namespace Orchestrator.Model.Tests;

/// <summary>What each kind refuses: the spec as JSON, and the fields that are named.</summary>
public class RulesTests
{
    [Theory]
    [InlineData("""{"cpu":1,"memory":"512Mi","disk":"1Gi"}""", "")]
    [InlineData("""{"cpu":1024,"memory":"64Ti","disk":"1Pi"}""", "")]
    [InlineData("""{"cpu":1,"memory":"1Mi","disk":0}""", "")]
    [InlineData("""{"cpu":0,"memory":"1048575","disk":"1025Ti"}""", "spec.cpu spec.memory spec.disk")]
    [InlineData("""{"cpu":1025,"memory":"65Ti","disk":"1Gi"}""", "spec.cpu spec.memory")]
    [InlineData("""{"cpu":-1,"memory":0,"disk":"1Gi"}""", "spec.cpu spec.memory")]
    public void Instance_types(string spec, string fields) => Assert.Equal(fields, Fields(ResourceTypes.InstanceTypes, spec));

    [Theory]
    [InlineData("""{"source":"/x.img"}""", "")]
    [InlineData("""{"source":"/x.img","checksum":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}""", "")]
    [InlineData("""{"source":"x.img","checksum":"md5:0"}""", "spec.source spec.checksum")]
    [InlineData("""{"source":"/x.img","checksum":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"}""", "spec.checksum")]
    public void Images(string spec, string fields) => Assert.Equal(fields, Fields(ResourceTypes.Images, spec));

    [Theory]
    [InlineData("""{"uri":"qemu:///system"}""", "")]
    [InlineData("""{"uri":"qemu+ssh://root@host:2222/system?keyfile=/k"}""", "")]
    [InlineData("""{"uri":"qemu+ssh://root@[::1]/system"}""", "")]
    [InlineData("""{"uri":"xen+tls://h/"}""", "")]
    [InlineData("""{"uri":"test:///default","overcommit":{"cpu":0.1,"memory":1000},"taints":[{"key":"example.com/gpu"}],"storagePath":"/srv/vm_s-1"}""", "")]
    [InlineData("""{"uri":""}""", "spec.uri")]
    [InlineData("""{"uri":"host"}""", "spec.uri")]
    [InlineData("""{"uri":"http://host/"}""", "spec.uri")]
    [InlineData("""{"uri":"qemu+ext://host/system"}""", "spec.uri")]
    [InlineData("""{"uri":"qemu:///system\n"}""", "spec.uri")]
    [InlineData("""{"uri":"qemu:///sys tem"}""", "spec.uri")]
    [InlineData("""{"uri":"test:///default","overcommit":{"cpu":0,"memory":-1,"disk":1e999}}""", "spec.overcommit.cpu spec.overcommit.memory spec.overcommit.disk")]
    [InlineData("""{"uri":"test:///default","taints":[{"key":"ok"},{"key":"no no"}]}""", "spec.taints[1].key")]
    [InlineData("""{"uri":"test:///default","storagePath":"srv"}""", "spec.storagePath")]
    [InlineData("""{"uri":"test:///default","storagePath":"/"}""", "spec.storagePath")]
    [InlineData("""{"uri":"test:///default","storagePath":"/srv/../etc"}""", "spec.storagePath")]
    [InlineData("""{"uri":"test:///default","storagePath":"/srv'; reboot"}""", "spec.storagePath")]
    public void Physical_machines(string spec, string fields) => Assert.Equal(fields, Fields(ResourceTypes.PhysicalMachines, spec));

    [Theory]
    [InlineData("""{"instanceType":"small"}""", "")]
    [InlineData("""{"cpu":1,"memory":"1Gi","disk":"1Gi","image":"debian","placement":{"host":"pm-1"},"terminationGracePeriodSeconds":0}""", "")]
    [InlineData("{}", "spec.cpu spec.memory spec.disk")]
    [InlineData("""{"cpu":1}""", "spec.memory spec.disk")]
    [InlineData("""{"instanceType":"small","cpu":0}""", "spec.cpu")]
    [InlineData("""{"instanceType":"","image":"a/b","terminationGracePeriodSeconds":-1,"placement":{"host":""}}""", "spec.instanceType spec.image spec.terminationGracePeriodSeconds spec.placement.host")]
    [InlineData("""{"instanceType":"small","terminationGracePeriodSeconds":86401}""", "spec.terminationGracePeriodSeconds")]
    public void Virtual_machines(string spec, string fields) => Assert.Equal(fields, Fields(ResourceTypes.VirtualMachines, spec));

    [Theory]
    [InlineData("""{"instanceType":"a","image":"x"}""", """{"instanceType":"b","image":"x"}""", "")]
    [InlineData("""{"instanceType":"a","image":"x"}""", """{"instanceType":"a","image":"y"}""", "spec.image")]
    [InlineData("""{"instanceType":"a","image":"x"}""", """{"instanceType":"a"}""", "spec.image")]
    [InlineData("""{"instanceType":"a","disk":"1Gi"}""", """{"instanceType":"a","disk":"2Gi"}""", "")]
    [InlineData("""{"instanceType":"a","disk":"1Gi"}""", """{"instanceType":"a","disk":"1024Mi"}""", "")]
    [InlineData("""{"instanceType":"a","disk":"1Gi"}""", """{"instanceType":"a","disk":"1023Mi"}""", "spec.disk")]
    public void Changes_of_virtual_machines(string old, string changed, string fields)
    {
        var type = ResourceTypes.VirtualMachines;
        Assert.Equal(fields, string.Join(' ', type.ValidateChange(With(type, old), With(type, changed)).Select(error => error.Field)));
    }

    [Fact]
    public void Kinds_have_names_of_their_own()
    {
        var names = ResourceTypes.All.SelectMany(type => type.ShortNames.Append(type.Plural).Append(type.Singular)).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ResourceTypes.All, type => Assert.Same(type, ResourceTypes.Find(type.ApiVersion, type.Kind)));
        Assert.Null(ResourceTypes.Find("v1", "VirtualMachine"));
        Assert.Equal("/orchestrator.vm/virtualmachines/default/web", ResourceTypes.VirtualMachines.Key("default", "web"));
        Assert.Equal("/orchestrator.vm/images/debian", ResourceTypes.Images.Key(null, "debian"));
        Assert.Equal("/ids/images/0000000042", ResourceTypes.Images.IdKey(42));
    }

    private static string Fields(ResourceType type, string spec) => string.Join(' ', type.Validate(With(type, spec)).Select(error => error.Field));

    private static Resource With(ResourceType type, string spec) => type.Parse(Encoding.UTF8.GetBytes($"{{\"spec\":{spec}}}"));
}
