using System.Net;
using System.Net.Sockets;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Faults.Networks;

/// <summary>Stands where one node dials another, and passes on what goes each way as long as that way is open.</summary>
internal sealed class PeerProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly Direction _there;
    private readonly Direction _back;
    private readonly Socket _listener = FreePorts.Hold();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <param name="target">The loopback port behind it.</param>
    /// <param name="there">From who dials to who listens.</param>
    /// <param name="back">The other way.</param>
    public PeerProxy(int target, Direction there, Direction back)
    {
        _target = target;
        _there = there;
        _back = back;
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
                carrying.Add(CarryAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            await Task.WhenAll(carrying);
        }
    }

    private async Task CarryAsync(Socket dialled)
    {
        using Socket near = dialled;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        near.NoDelay = true;
        far.NoDelay = true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            // The first packet of a connection must get through, and its answer back.
            await _there.PassAsync(ended.Token);
            await far.ConnectAsync(IPAddress.Loopback, _target, ended.Token);
            await _back.PassAsync(ended.Token);
            Task there = new CutPipe(near, far, _there).RunAsync(ended.Token);
            Task back = new CutPipe(far, near, _back).RunAsync(ended.Token);
            Task first = await Task.WhenAny(there, back);
            if (first.IsCompletedSuccessfully)
                await Task.WhenAll(there, back);
            await first;
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A node that is not there, or went away: its peer sees the connection end.
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
