using AkkaKv.Server.Launch;

SocketThreads.Prefer();
return await Entry.RunAsync(args, NativeNodeHost.Create, Console.Out, Console.Error);
