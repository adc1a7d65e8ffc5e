using Orchestrator.Model;

namespace Orchestrator.Reconciler;

/// <summary>Which VM is which and where, kept up to date by the watch, so that an event about a domain finds its key at once.</summary>
public sealed class VmIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, VirtualMachine> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, string> _byUid = [];

    public void Set(string key, VirtualMachine vm)
    {
        lock (_gate)
        {
            _byKey[key] = vm;
            _byUid[vm.Metadata.Uid!.Value] = key;
        }
    }

    public void Remove(string key, VirtualMachine vm)
    {
        lock (_gate)
        {
            _byKey.Remove(key);
            _byUid.Remove(vm.Metadata.Uid!.Value);
        }
    }

    /// <summary>The PM of a VM; empty when it has none.</summary>
    public string HostOf(string key)
    {
        lock (_gate)
        {
            return _byKey.GetValueOrDefault(key)?.Status.Host ?? "";
        }
    }

    public string? KeyOf(Guid uid)
    {
        lock (_gate)
        {
            return _byUid.GetValueOrDefault(uid);
        }
    }

    public IReadOnlyList<string> KeysWhere(Func<VirtualMachine, bool> wanted)
    {
        lock (_gate)
        {
            return [.. _byKey.Where(pair => wanted(pair.Value)).Select(pair => pair.Key)];
        }
    }
}
