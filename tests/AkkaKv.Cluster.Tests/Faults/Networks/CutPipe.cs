using System.Net.Sockets;

namespace AkkaKv.Cluster.Tests.Faults.Networks;

/// <summary>One direction of one connection: bytes go on in order, late by the delay, or wait while it is cut.</summary>
/// <remarks>
/// A cut keeps the connection and loses nothing: what waits arrives after the cut, as TCP sends again what was lost. The
/// sockets' buffers fill up meanwhile, and neither side hears of it.
/// </remarks>
internal sealed class CutPipe(Socket from, Socket to, Direction direction)
{
    private const int BufferBytes = 64 << 10;

    public async Task RunAsync(CancellationToken stop)
    {
        byte[] buffer = new byte[BufferBytes];
        while (true)
        {
            int count = await from.ReceiveAsync(buffer, stop);
            await direction.PassAsync(stop);
            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            for (int sent = 0; sent < count;)
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), stop);
        }
    }
}

/// <summary>What the network does to all that one node sends to another.</summary>
internal sealed class Direction
{
    private readonly Lock _turn = new();
    private TaskCompletionSource _open = Opened();

    /// <summary>Swallows all from now on.</summary>
    public void Cut()
    {
        lock (_turn)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Lets all through again, what waited first.</summary>
    public void Heal()
    {
        lock (_turn)
            _open.TrySetResult();
    }

    /// <summary>Waits while it is cut.</summary>
    public Task PassAsync(CancellationToken stop)
    {
        lock (_turn)
            return _open.Task.WaitAsync(stop);
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
