const greeting = require('greeting');
console.log(greeting(process.env.NAME || 'world'));
