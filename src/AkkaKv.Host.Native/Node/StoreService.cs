using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Storage;

namespace AkkaKv.Host.Native.Node;

/// <summary>A loop's port to the store, as the service behind the address of the store.</summary>
internal sealed class StoreService : ILoopService
{
    private readonly IStorePort _port;
    private readonly Action<Address, Message> _send;

    public StoreService(INodeStore store, LoopPort loop)
    {
        _send = loop.Send;
        _port = store.OpenPort(loop.Loop, loop.PostCompletion);
    }

    public void Deliver(Message message) => _port.Submit(message, _send);

    public void Complete(object completion) => _port.Complete((StoreCompletion)completion, _send);

    public void EndTurn() => _port.EndTurn();
}
