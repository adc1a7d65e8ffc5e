using Orchestrator.Drivers.Libvirt;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Tests.Libvirt;

/// <summary>Libvirt's numbers (libvirt-domain.h: virDomainState, virDomainPausedReason, virDomainShutoffReason).</summary>
public sealed class StateCodesTests
{
    [Theory]
    [InlineData(0, 0, DomainState.Off, StateReason.Unknown, false)] // nostate
    [InlineData(1, 1, DomainState.Running, StateReason.Unknown, true)] // running, booted
    [InlineData(2, 0, DomainState.Running, StateReason.Unknown, true)] // blocked
    [InlineData(3, 0, DomainState.Paused, StateReason.Unknown, true)] // paused, unknown
    [InlineData(3, 1, DomainState.Paused, StateReason.Unknown, true)] // paused, user
    [InlineData(3, 2, DomainState.Running, StateReason.Unknown, true)] // paused, migration
    [InlineData(3, 3, DomainState.Running, StateReason.Unknown, true)] // paused, save
    [InlineData(3, 4, DomainState.Running, StateReason.Unknown, true)] // paused, dump
    [InlineData(3, 5, DomainState.Paused, StateReason.IoError, true)] // paused, I/O error
    [InlineData(3, 6, DomainState.Paused, StateReason.Unknown, true)] // paused, watchdog
    [InlineData(3, 7, DomainState.Running, StateReason.Unknown, true)] // paused, from snapshot
    [InlineData(3, 8, DomainState.Running, StateReason.Unknown, true)] // paused, shutting down
    [InlineData(3, 9, DomainState.Running, StateReason.Unknown, true)] // paused, snapshot
    [InlineData(3, 10, DomainState.Paused, StateReason.Unknown, true)] // paused, crashed
    [InlineData(3, 11, DomainState.Running, StateReason.Unknown, true)] // paused, starting up
    [InlineData(4, 1, DomainState.ShuttingDown, StateReason.Unknown, true)]
    [InlineData(5, 0, DomainState.Off, StateReason.Unknown, false)]
    [InlineData(5, 1, DomainState.Off, StateReason.Shutdown, false)]
    [InlineData(5, 2, DomainState.Off, StateReason.Destroyed, false)]
    [InlineData(5, 3, DomainState.Off, StateReason.Crashed, false)]
    [InlineData(5, 4, DomainState.Off, StateReason.Unknown, false)] // migrated
    [InlineData(5, 5, DomainState.Off, StateReason.Saved, false)]
    [InlineData(5, 6, DomainState.Off, StateReason.Failed, false)]
    [InlineData(5, 7, DomainState.Off, StateReason.Unknown, false)] // from snapshot
    [InlineData(5, 8, DomainState.Off, StateReason.Failed, false)] // daemon lost it
    [InlineData(6, 1, DomainState.Crashed, StateReason.Unknown, true)] // panicked, kept
    [InlineData(7, 0, DomainState.Running, StateReason.Unknown, true)] // suspended by the guest's own power management
    [InlineData(99, 99, DomainState.Running, StateReason.Unknown, true)] // from the future: there, so never started again
    public void A_code_means(int state, int reason, DomainState expected, StateReason why, bool active) =>
        Assert.Equal((expected, why, active), (StateCodes.State((state, reason)), StateCodes.Reason((state, reason)), StateCodes.IsActive((state, reason))));
}
