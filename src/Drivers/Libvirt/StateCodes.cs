using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>Libvirt's state and reason numbers (<c>virDomainState</c>, <c>virDomainPausedReason</c>, <c>virDomainShutoffReason</c>) in our words.</summary>
internal static class StateCodes
{
    private const int Paused = 3;
    private const int ShuttingDown = 4;
    private const int Off = 5;
    private const int Crashed = 6;
    private const int PausedByUser = 1;
    private const int PausedByIoError = 5;
    private const int PausedByWatchdog = 6;
    private const int PausedByCrash = 10;

    public static bool IsActive((int State, int Reason) code) => code.State is not (0 or Off);

    public static DomainState State((int State, int Reason) code) => code.State switch
    {
        // Paused for a moment by an operation of libvirt's own (migration, save, dump, snapshot, start): not to be interfered with.
        Paused => code.Reason is 0 or PausedByUser or PausedByIoError or PausedByWatchdog or PausedByCrash ? DomainState.Paused : DomainState.Running,
        ShuttingDown => DomainState.ShuttingDown,
        0 or Off => DomainState.Off,
        Crashed => DomainState.Crashed,
        _ => DomainState.Running,
    };

    public static StateReason Reason((int State, int Reason) code) => code switch
    {
        (Paused, PausedByIoError) => StateReason.IoError,
        (Off, 1) => StateReason.Shutdown,
        (Off, 2) => StateReason.Destroyed,
        (Off, 3) => StateReason.Crashed,
        (Off, 5) => StateReason.Saved,
        (Off, 6 or 8) => StateReason.Failed,
        _ => StateReason.Unknown,
    };
}
