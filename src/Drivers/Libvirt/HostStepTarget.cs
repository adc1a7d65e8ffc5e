using Orchestrator.Libvirt;
using Orchestrator.Planning;
using DomainState = Orchestrator.Planning.DomainState;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>
/// Performs steps on real PMs. Each may be repeated: "already so" is success. What destroys looks first whose it is.
/// No decision is taken from the text of an error.
/// </summary>
public sealed class HostStepTarget(HostSessions sessions) : IStepTarget
{
    private const DomainUndefineFlags WithAll =
        DomainUndefineFlags.ManagedSave | DomainUndefineFlags.SnapshotsMetadata | DomainUndefineFlags.CheckpointsMetadata | DomainUndefineFlags.Nvram;

    public ValueTask ApplyAsync(PrepareStorage step, CancellationToken stop) =>
        DoAsync(step, session => session.Storage.PrepareAsync(step.MayMark, stop));

    public ValueTask ApplyAsync(UploadImage step, CancellationToken stop) =>
        DoAsync(step, session => session.Storage.UploadAsync(step.Image, stop));

    public ValueTask ApplyAsync(CreateDisk step, CancellationToken stop) =>
        DoAsync(step, session => session.Storage.CreateDiskAsync(step.Disk, stop));

    public ValueTask ApplyAsync(GrowDisk step, CancellationToken stop) => DoAsync(step, async session =>
    {
        if (await FindOwnedAsync(session, step.Domain, stop).ConfigureAwait(false) is { } domain && step.Running)
        {
            await session.Link.Control.ResizeBlockAsync(domain, session.Storage.PathOf(step.Disk.Volume), (ulong)step.Disk.SizeBytes, stop).ConfigureAwait(false);
        }
        else
        {
            await session.Storage.GrowAsync(step.Disk.Volume, step.Disk.SizeBytes, stop).ConfigureAwait(false);
        }
    });

    public ValueTask ApplyAsync(RemoveDisk step, CancellationToken stop) => DoAsync(step, async session =>
    {
        if (await session.Link.Control.FindDomainAsync(step.Domain.Uid, stop).ConfigureAwait(false) is not null)
        {
            throw new StepException($"{step.Domain.Name} is still there and may use it");
        }

        await session.Storage.RemoveAsync(step.Volume, stop).ConfigureAwait(false);
    });

    public ValueTask ApplyAsync(DefineDomain step, CancellationToken stop) => DoAsync(step, async session =>
    {
        await FindOwnedAsync(session, step.Domain.Id, stop).ConfigureAwait(false);
        var defined = await session.Link.Control.DefineAsync(DomainXml.Render(step.Domain), DomainDefineFlags.None, stop).ConfigureAwait(false);
        session.Domains.Touch(defined, justDefined: step.Domain.Mark.Cluster == session.Cluster);
    });

    public ValueTask ApplyAsync(UndefineDomain step, CancellationToken stop) =>
        DoOwnedAsync(step, step.Domain, (session, domain) => new(UndefineAsync(session, domain, stop)), stop);

    public ValueTask ApplyAsync(StartDomain step, CancellationToken stop) => DoAsync(step, async session =>
    {
        // In most plans this follows our own definition: then there is no need to ask whose it is.
        var domain = session.Domains.JustDefined(step.Domain.Uid)
            ?? await FindOwnedAsync(session, step.Domain, stop).ConfigureAwait(false)
            ?? throw new StepException("it is not defined");
        var connection = await session.Link.LongAsync(stop).ConfigureAwait(false);
        await UnlessAsync(LibvirtErrorCode.OperationInvalid, connection.StartAsync(domain, DomainStartFlags.None, stop), session, domain, StateCodes.IsActive, stop).ConfigureAwait(false);
        session.Domains.Touch(domain);
    });

    public ValueTask ApplyAsync(ResumeDomain step, CancellationToken stop) => DoOwnedAsync(step, step.Domain, (session, domain) =>
        UnlessAsync(LibvirtErrorCode.OperationInvalid, session.Link.Control.ResumeAsync(domain, stop), session, domain, state => StateCodes.State(state) is not DomainState.Paused, stop), stop);

    public ValueTask ApplyAsync(RequestShutdown step, CancellationToken stop) => DoOwnedAsync(step, step.Domain, (session, domain) =>
        UnlessAsync(LibvirtErrorCode.OperationInvalid, session.Link.Control.ShutdownAsync(domain, DomainShutdownFlags.None, stop), session, domain, state => !StateCodes.IsActive(state), stop), stop);

    public ValueTask ApplyAsync(DestroyDomain step, CancellationToken stop) => DoOwnedAsync(step, step.Domain, async (session, domain) =>
    {
        var connection = await session.Link.LongAsync(stop).ConfigureAwait(false);
        await UnlessAsync(LibvirtErrorCode.OperationInvalid, connection.DestroyAsync(domain, DomainDestroyFlags.None, stop), session, domain, state => !StateCodes.IsActive(state), stop).ConfigureAwait(false);
    }, stop);

    public ValueTask ApplyAsync(SetVcpus step, CancellationToken stop) => DoOwnedAsync(step, step.Domain, (session, domain) =>
        new(session.Link.Control.SetVcpusAsync(domain, (uint)step.Cpu, VcpuFlags.None, DomainAffect.Live, stop)), stop);

    public ValueTask ApplyAsync(SetMemory step, CancellationToken stop) => DoOwnedAsync(step, step.Domain, (session, domain) =>
        new(session.Link.Control.SetMemoryAsync(domain, (ulong)step.MemoryMiB << 10, MemoryFlags.None, DomainAffect.Live, stop)), stop);

    private static async Task UndefineAsync(HostSession session, DomainRef domain, CancellationToken stop)
    {
        try
        {
            await session.Link.Control.UndefineAsync(domain, WithAll, stop).ConfigureAwait(false);
        }
        catch (LibvirtOperationException plain) when (plain.Code is LibvirtErrorCode.InvalidArgument or LibvirtErrorCode.NoSupport)
        {
            // A driver that has none of these things does not know the flags.
            await session.Link.Control.UndefineAsync(domain, DomainUndefineFlags.None, stop).ConfigureAwait(false);
        }
        catch (LibvirtOperationException refused) when (refused.Code is LibvirtErrorCode.OperationInvalid or LibvirtErrorCode.NoDomain)
        {
            // A transient domain goes when it stops; there is nothing to undefine.
            if (refused.Code is LibvirtErrorCode.OperationInvalid && await session.Link.Control.IsPersistentAsync(domain, stop).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    /// <summary>The domain, looked at now; null when there is none.</summary>
    /// <exception cref="StepException">It is another cluster's.</exception>
    private static async ValueTask<DomainRef?> FindOwnedAsync(HostSession session, DomainId id, CancellationToken stop)
    {
        var details = await HostObserver.DomainAsync(session, id, fresh: session.Domains.Find(id.Uid).Ref is not null, stop).ConfigureAwait(false);
        return details switch
        {
            null => null,
            { Mark: { } mark } when mark.Cluster != session.Cluster => throw new StepException($"the domain {id.Uid} is another cluster's and is left alone"),
            _ => new(id.Name, id.Uid),
        };
    }

    /// <summary>Does a call whose refusal is fine when the domain already is as wished.</summary>
    private static async ValueTask UnlessAsync(
        LibvirtErrorCode code, Task call, HostSession session, DomainRef domain, Func<(int, int), bool> wished, CancellationToken stop)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (LibvirtOperationException refused) when (refused.Code == code || refused.Code is LibvirtErrorCode.NoDomain)
        {
            var state = await session.Link.Control.GetStateAsync(domain, stop).ConfigureAwait(false);
            if (!wished(state is null ? (0, 0) : ((int)state.State, state.Reason)))
            {
                throw;
            }
        }
    }

    /// <summary>A change of a domain that is ours. One that is gone has nothing left to change.</summary>
    private ValueTask DoOwnedAsync(Step step, DomainId id, Func<HostSession, DomainRef, ValueTask> change, CancellationToken stop) => DoAsync(step, async session =>
    {
        if (await FindOwnedAsync(session, id, stop).ConfigureAwait(false) is { } domain)
        {
            await change(session, domain).ConfigureAwait(false);
            session.Domains.Touch(domain);
        }
    });

    private async ValueTask DoAsync(Step step, Func<HostSession, ValueTask> change)
    {
        try
        {
            await change(sessions.Get(step.Host)).ConfigureAwait(false);
        }
        catch (LibvirtOperationException refused)
        {
            throw new StepException(refused.Message, refused);
        }
    }
}
