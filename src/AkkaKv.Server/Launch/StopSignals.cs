using System.Runtime.InteropServices;

namespace AkkaKv.Server.Launch;

/// <summary>SIGTERM and SIGINT for a node that has something to do before it stops: the first asks, the second stops at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource second = new();
    private readonly PosixSignalRegistration[] registrations;
    private int count;

    public StopSignals() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
    ];

    /// <summary>Completes at the first signal.</summary>
    public Task First => first.Task;

    /// <summary>Cancelled at the second.</summary>
    public CancellationToken Second => second.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        second.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref count) == 1)
            first.TrySetResult();
        else
            second.Cancel();
    }
}
